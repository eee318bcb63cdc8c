"""A vehicle's places on the road plane, frame by frame, and which of a track are surely of one vehicle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from detection.camera import CameraProfile
from detection.geometry import Box

EDGE_PX = 3.0  # a box that ends this near to an edge of the frame goes on beyond it
_BOX_ERROR_PX = 2.0  # how far a found box's lower edge is off, at least,
_BOX_ERROR_SHARE = 0.02  # and as a share of the box's height
_HIDDEN_SHARE = 0.7  # of the edge where wheels can be
_LONGEST_GAP_S = 0.4
_LONGEST_GAP_FRAMES = 3.5
_ACCELERATION = 8.0  # m/s²; an emergency stop on a dry road
_SPEED_FRAMES = 3
_JUMP_M = 0.9  # beyond what acceleration explains: another vehicle took over the track


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


def observe(
    profile: CameraProfile, frame: int, at: datetime, box: Box, others: Sequence[Box] = ()
) -> Observation:
    """Puts a vehicle's box on the road plane; `others` are the boxes of the frame's other vehicles."""
    middle = (box.x1 + box.x2) / 2
    off = off_by(box)
    (x, y), (_, nearer), (_, farther) = profile.on_road(
        [(middle, box.y2), (middle, box.y2 + off), (middle, box.y2 - off)]
    )
    cut = box.y2 >= profile.frames.height - EDGE_PX
    obeys = profile.obeys_signal((middle, min(box.y2, profile.frames.height - 1.0)))
    over = tuple(other for other in others if box.intersection(other) > 0)
    return Observation(frame, at, box, x, y, abs(farther - nearer) / 2, cut, obeys, over)


def off_by(box: Box) -> float:
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


def steady_around(
    part: tuple[datetime, datetime], seen: Sequence[Observation], fps: float
) -> Sequence[Observation] | None:
    """The places of the vehicle of `part`, from its first to its last moment, without those that do not fit.

    None if a gap or a jump is in `part`: it may be of two vehicles.
    """
    return next((one for one in _steady(seen, fps) if one[0].at <= part[0] and part[1] <= one[-1].at), None)


def _steady(seen: Sequence[Observation], fps: float) -> Iterator[list[Observation]]:
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
            yield fitting
            fitting, strayed = [item], None
        elif not _jumps(fitting, item):
            fitting.append(item)
            strayed = None
        elif strayed is not None:
            yield fitting
            fitting, strayed = [strayed, item], None
        else:
            strayed = item
    yield fitting


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
