"""The red-light rule: where a vehicle was and what the signal showed, to a suspicion or a reason for none.

Pure arithmetic on positions of the road plane (metres, Y grows into the junction, the stop line is Y = 0).
The camera sees where a vehicle's rear wheels touch the road; its front and its tail follow from the measures
of its class, with their uncertainty. A vehicle is suspected only if its front, at the earliest it can have
been there, crossed after the beginning of red plus grace, and its tail, at the latest, within the same red.
Everything unclear ends without a suspicion.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from detection.camera import CameraProfile
from detection.geometry import Box
from detection.signals import Span

FRAMES_BEFORE = 3  # frames that must show the whole vehicle before the line …
FRAMES_AFTER = 3  # … and behind it
_EDGE_PX = 3.0  # a box that ends this near to the lower edge of the frame goes on below it
_BOX_ERROR_PX = 2.0  # how far a found box's lower edge is off, at least,
_BOX_ERROR_SHARE = 0.02  # and as a share of the box's height
_HIDDEN_SHARE = 0.7  # of the edge where wheels can be
_LONGEST_GAP_S = 0.4
_LONGEST_GAP_FRAMES = 3.5
_ACCELERATION = 8.0  # m/s²; an emergency stop on a dry road
_SPEED_FRAMES = 3
_JUMP_M = 0.9  # beyond what acceleration explains: another vehicle took over the track
_KERB_M = 0.5  # handlebars reach over the ends of the line
_IN_APPROACH = 0.75  # of the frames before the line; its polygon is drawn by hand
_SIDEWAYS = 0.5  # metres across per metre along; more is traffic of the crossing street

_Stretch = tuple[datetime, datetime]  # first and last moment


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


@dataclass(frozen=True, slots=True)
class Observation:
    """A vehicle in one frame. `x`, `y`: its rear wheels on the road plane, ± `error` metres along the road.

    With `cut` the box goes on below the frame: the vehicle is at `y` or before it. `others` are the boxes of
    the vehicles that overlap its own in this frame.
    """

    frame: int
    at: datetime
    box: Box
    x: float
    y: float
    error: float
    cut: bool
    obeys: bool
    others: tuple[Box, ...]


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


def observe(
    profile: CameraProfile, frame: int, at: datetime, box: Box, others: Sequence[Box] = ()
) -> Observation:
    """Puts a vehicle's box on the road plane; `others` are the boxes of the frame's other vehicles."""
    middle = (box.x1 + box.x2) / 2
    off = _off_by(box)
    (x, y), (_, nearer), (_, farther) = profile.on_road(
        [(middle, box.y2), (middle, box.y2 + off), (middle, box.y2 - off)]
    )
    cut = box.y2 >= profile.frames.height - _EDGE_PX
    obeys = profile.obeys_signal((middle, min(box.y2, profile.frames.height - 1.0)))
    over = tuple(other for other in others if box.intersection(other) > 0)
    return Observation(frame, at, box, x, y, abs(farther - nearer) / 2, cut, obeys, over)


def _off_by(box: Box) -> float:
    """Pixels that the upper or lower edge of a found box may be off."""
    return max(_BOX_ERROR_PX, _BOX_ERROR_SHARE * box.height)


def is_hidden(label: str, box: Box, others: Sequence[Box]) -> bool:
    """Whether nearer vehicles cover the lower edge of the box of a `label`, so that its wheels are not seen.

    A motorbike's wheel is in the middle of the edge, other vehicles show one of several.
    """
    margin = box.width * (0.4 if label == "motorbike" else 0.1)
    left, right = box.x1 + margin, box.x2 - margin
    covered = 0.0
    for other in others:
        if other.y2 > box.y2 + 2 and other.y1 < box.y2:
            # mirrors and handlebars reach out but hide nothing
            reach = other.width * 0.12
            covered += max(0.0, min(other.x2 - reach, right) - max(other.x1 + reach, left))
    return covered > _HIDDEN_SHARE * (right - left)


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
    steady = _steady_around((min(part[0].at, crossing.long_front), part[-1].at), seen, profile.frames.fps)
    if steady is None:
        return NoSuspicion.UNSTEADY
    return NoSuspicion.ASIDE if _aside(part, profile) else _against_signal(crossing, steady, spans, profile)


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
    coming = list(takewhile(lambda item: item.cut and item.box.y1 - _off_by(item.box) > line, seen))
    return replace(crossing, long_front=min(coming[-1].at, crossing.earliest_front)) if coming else None


def _against_signal(
    crossing: _Crossing, steady: _Stretch, spans: Sequence[Span], profile: CameraProfile
) -> RedLight | NoSuspicion:
    red = next((s for s in spans if s.phase == "red" and s.start <= crossing.earliest_front <= s.end), None)
    # one frame more: the lamp changed somewhere between two frames
    grace = timedelta(seconds=profile.signal.grace_s + 1 / profile.frames.fps)
    if red is None or crossing.earliest_front < red.start + grace:
        return NoSuspicion.NOT_RED
    if crossing.long_front < red.start + grace or crossing.latest_rear > red.end:
        return NoSuspicion.RED_NOT_PROVEN
    return RedLight(crossing.front, crossing.rear, red.start, crossing.error, *steady)


def _first_over(seen: Sequence[Observation], level: float) -> int:
    return next(n for n, item in enumerate(seen) if item.y >= level)


def _last_over(seen: Sequence[Observation], level: float) -> int:
    return max(n for n, item in enumerate(seen) if item.y < level) + 1


def _interpolated(seen: Sequence[Observation], index: int, level: float) -> datetime:
    """When `level` was reached between the observation before `index` and the one there."""
    before, after = seen[index - 1], seen[index]
    return before.at + (after.at - before.at) * ((level - before.y) / (after.y - before.y))


def _steady_around(part: _Stretch, seen: Sequence[Observation], fps: float) -> _Stretch | None:
    """The stretch of the track that is of the vehicle of `part`; None if a gap or a jump is in `part`."""
    return next((one for one in _steady(seen, fps) if one[0] <= part[0] and part[1] <= one[1]), None)


def _steady(seen: Sequence[Observation], fps: float) -> Iterator[_Stretch]:
    """Stretches without gaps, and without jumps that no vehicle makes.

    At a gap the detector lost the vehicle, at a jump the track went over to another one: what comes before
    and what comes after may be two vehicles. One frame alone that does not fit is a box gone wrong; another
    vehicle's track would not come back.
    """
    longest = max(_LONGEST_GAP_S, _LONGEST_GAP_FRAMES / fps)
    fitting: list[Observation] = [seen[0]]
    strayed: Observation | None = None
    for item in seen[1:]:
        if (item.at - fitting[-1].at).total_seconds() > longest:
            yield fitting[0].at, fitting[-1].at
            fitting, strayed = [item], None
        elif not _jumps(fitting, item):
            fitting.append(item)
            strayed = None
        elif strayed is not None:
            yield fitting[0].at, fitting[-1].at
            fitting, strayed = [strayed, item], None
        else:
            strayed = item
    yield fitting[0].at, fitting[-1].at


def _jumps(fitting: Sequence[Observation], item: Observation) -> bool:
    """Whether a place is too far from where the vehicle was going."""
    # the speed over some frames: single boxes tremble where something passes in front of the wheels
    base, before = fitting[-1 - _SPEED_FRAMES :][0], fitting[-1]
    if abs(item.x - before.x) > _JUMP_M:
        return True
    if base is before or base.cut:
        return False
    time, lasted = (item.at - before.at).total_seconds(), (before.at - base.at).total_seconds()
    expected = before.y + (before.y - base.y) / lasted * time
    allowed = _JUMP_M + before.error + item.error + _ACCELERATION * time * (time + lasted) / 2
    return abs(item.y - expected) > allowed


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
