"""The red-light rule: where a vehicle was and what the signal showed, to a suspicion or a reason for none.

Pure arithmetic on positions of the road plane (metres, Y grows into the junction, the stop line is Y = 0).
The camera sees where a vehicle's rear wheels touch the road; its front and its tail follow from the measures
of its class, with their uncertainty. A vehicle is suspected only if its front, at the earliest it can have
been there, crossed after the beginning of red plus grace, and its tail, at the latest, within the same red.
Where red leaves the right turn free it must also have been seen not to turn right (`detection.turning`).
Everything unclear ends without a suspicion.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from detection.camera import CameraProfile
from detection.places import Observation, off_by, steady_around
from detection.signals import Span
from detection.turning import may_turn_right

FRAMES_BEFORE = 3  # frames that must show the whole vehicle before the line …
FRAMES_AFTER = 3  # … and behind it
_KERB_M = 0.5  # handlebars reach over the ends of the line
_IN_APPROACH = 0.75  # of the frames before the line; its polygon is drawn by hand
_SIDEWAYS = 0.5  # metres across per metre along; more is traffic of the crossing street


@dataclass(frozen=True, slots=True)
class Measures:
    """Metres from the rear wheels to the front and to the tail of a class, and how much these vary."""

    front: float
    tail: float
    spread: float

    @property
    def farthest_front(self) -> float:
        return self.front + self.spread


MEASURES = {
    "motorbike": Measures(1.6, 0.3, 0.2),
    "car": Measures(3.8, 0.8, 0.7),
    "truck": Measures(6.0, 1.2, 2.5),
    "bus": Measures(8.0, 2.5, 2.5),
}
# A tractor with its trailer is found as a truck. No rear wheels are farther behind the front than the whole
# is long; combinations of 20 m are said to be on Vietnam's roads, the limit of the law was not looked up.
LONGEST_LORRY_M = 20.0


class NoSuspicion(StrEnum):
    """Why a vehicle is not suspected."""

    NOT_CROSSED = "not_crossed"
    TOO_SHORT = "too_short"  # the line's far or near side was not seen in enough frames
    UNSTEADY = "unsteady"  # gaps or jumps at the line: possibly two vehicles under one number
    ASIDE = "aside"  # not through the approach and over the stop line
    NOT_RED = "not_red"  # the front crossed on another phase, or within the grace
    # red was not seen until the tail had crossed, or a long lorry's front may have been over before it
    RED_NOT_PROVEN = "red_not_proven"
    # where turning right on red is allowed:
    MAY_TURN_RIGHT = "may_turn_right"  # the path behind the line bends right, or may
    NOT_FOLLOWED = "not_followed"  # not far enough behind the line to see that it does not


@dataclass(frozen=True, slots=True)
class RedLight:
    """The suspicion: both crossings are known to ± `error`.

    From `seen_from` to `seen_until` the track is surely of this vehicle; what it shows at other times may be
    another's.
    """

    front_at: datetime
    rear_at: datetime
    red_since: datetime
    error: timedelta
    seen_from: datetime
    seen_until: datetime


def has_passed(label: str, seen: Sequence[Observation]) -> bool:
    """Whether the newest observations show the whole vehicle behind the line."""
    measures = MEASURES[label]
    newest = seen[-FRAMES_AFTER:]
    return len(newest) == FRAMES_AFTER and all(
        item.y > measures.tail + measures.spread + item.error for item in newest
    )


def judge_red_light(
    label: str,
    seen: Sequence[Observation],
    spans: Sequence[Span],
    profile: CameraProfile,
    possible: Iterable[str] = (),
) -> RedLight | NoSuspicion:
    """Judges one track of class `label` against the signal's spans.

    `seen` are the track's observations in the order of time, `spans` what the signal showed meanwhile,
    `possible` other classes that it may be of: its front may be as far before its rear wheels as theirs.
    """
    if not has_passed(label, seen):
        return NoSuspicion.NOT_CROSSED
    crossing = _crossing(MEASURES[label], seen)
    longest = max(map(_longest, (label, *possible)))
    if crossing is not None and longest > MEASURES[label].farthest_front:
        crossing = _if_as_long(longest, crossing, seen, profile)
    if crossing is None:
        return NoSuspicion.TOO_SHORT
    part = crossing.part_of(seen)
    steady = steady_around((min(part[0].at, crossing.long_front), part[-1].at), seen, profile.frames.fps)
    if steady is None:
        return NoSuspicion.UNSTEADY
    if _aside(part, profile):
        return NoSuspicion.ASIDE
    found = _against_signal(crossing, steady, spans, profile)
    if isinstance(found, RedLight) and profile.signal.right_on_red:
        return _unless_turning_right(found, steady, profile)
    return found


@dataclass(frozen=True, slots=True)
class _Crossing:
    """When a vehicle of its class crossed; `long_front` is the earliest if it is as long as it can be."""

    long_front: datetime
    earliest_front: datetime
    front: datetime
    latest_front: datetime
    rear: datetime
    latest_rear: datetime

    @property
    def error(self) -> timedelta:
        return max(self.front - self.long_front, self.latest_front - self.front, self.latest_rear - self.rear)

    def part_of(self, seen: Sequence[Observation]) -> list[Observation]:
        """The observations of the crossing, with the frames before and after that the rule asks for."""
        first = next(n for n, item in enumerate(seen) if item.at >= self.earliest_front)
        last = max(n for n, item in enumerate(seen) if item.at <= self.latest_rear)
        return list(seen[max(0, first - FRAMES_BEFORE) : last + 1 + FRAMES_AFTER])


def _crossing(measures: Measures, seen: Sequence[Observation]) -> _Crossing | None:
    """When front and tail crossed; None if the whole vehicle was not seen before the line, or not behind."""
    unsure = measures.spread + min(seen, key=lambda item: abs(item.y)).error
    levels = [-measures.front - unsure, -measures.front, -measures.front + unsure]
    behind = measures.tail + unsure
    if any(item.y >= levels[0] for item in seen[:FRAMES_BEFORE]) or seen[-1].y < behind:
        return None
    # a front that rolled back and came again crossed the first time, a tail the last time: both in favour
    fronts = [_interpolated(seen, _first_over(seen, level), level) for level in levels]
    rears = [_interpolated(seen, _last_over(seen, level), level) for level in (measures.tail, behind)]
    return _Crossing(fronts[0], *fronts, *rears)


def _longest(label: str) -> float:
    return LONGEST_LORRY_M if label == "truck" else MEASURES[label].farthest_front


def _if_as_long(
    longest: float, crossing: _Crossing, seen: Sequence[Observation], profile: CameraProfile
) -> _Crossing | None:
    """The crossing if the front is up to `longest` metres before the rear wheels; None if it was not seen.

    Such a front often is over the line before the rear wheels are in the picture. It is not while the vehicle
    comes in and the top of its box is below the line: a box reaches at least as far up as its vehicle does.
    """
    level = -longest - min(seen, key=lambda item: abs(item.y)).error
    if all(item.y < level for item in seen[:FRAMES_BEFORE]):
        return replace(crossing, long_front=_interpolated(seen, _first_over(seen, level), level))
    line = max(profile.stop_line.start[1], profile.stop_line.end[1])
    coming = list(takewhile(lambda item: item.cut and item.box.y1 - off_by(item.box) > line, seen))
    return replace(crossing, long_front=min(coming[-1].at, crossing.earliest_front)) if coming else None


def _against_signal(
    crossing: _Crossing, steady: Sequence[Observation], spans: Sequence[Span], profile: CameraProfile
) -> RedLight | NoSuspicion:
    red = next((s for s in spans if s.phase == "red" and s.start <= crossing.earliest_front <= s.end), None)
    # one frame more: the lamp changed somewhere between two frames
    grace = timedelta(seconds=profile.signal.grace_s + 1 / profile.frames.fps)
    if red is None or crossing.earliest_front < red.start + grace:
        return NoSuspicion.NOT_RED
    if crossing.long_front < red.start + grace or crossing.latest_rear > red.end:
        return NoSuspicion.RED_NOT_PROVEN
    return RedLight(crossing.front, crossing.rear, red.start, crossing.error, steady[0].at, steady[-1].at)


def _unless_turning_right(
    suspicion: RedLight, steady: Sequence[Observation], profile: CameraProfile
) -> RedLight | NoSuspicion:
    turns = may_turn_right(steady, profile.frames.width)
    if turns is None:
        return NoSuspicion.NOT_FOLLOWED
    return NoSuspicion.MAY_TURN_RIGHT if turns else suspicion


def _first_over(seen: Sequence[Observation], level: float) -> int:
    return next(n for n, item in enumerate(seen) if item.y >= level)


def _last_over(seen: Sequence[Observation], level: float) -> int:
    return max(n for n, item in enumerate(seen) if item.y < level) + 1


def _interpolated(seen: Sequence[Observation], index: int, level: float) -> datetime:
    """When `level` was reached between the observation before `index` and the one there."""
    before, after = seen[index - 1], seen[index]
    return before.at + (after.at - before.at) * ((level - before.y) / (after.y - before.y))


def _aside(part: Sequence[Observation], profile: CameraProfile) -> bool:
    """Not from the approach over the stop line: out of a side street, over the kerb, across."""
    ends = [x for x, _ in profile.on_road([profile.stop_line.start, profile.stop_line.end])]
    at_line = min(part, key=lambda item: abs(item.y)).x
    across, along = abs(part[-1].x - part[0].x), part[-1].y - part[0].y
    approaching = [item.obeys for item in part if item.y < 0 and not item.cut]
    return (
        sum(approaching) < _IN_APPROACH * len(approaching)
        or not min(ends) - _KERB_M <= at_line <= max(ends) + _KERB_M
        or across > _SIDEWAYS * along
    )
