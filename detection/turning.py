"""Whether a vehicle turned right behind the line, for junctions that leave the right turn free on red.

Who turns right only ever turns farther from straight ahead, until it is across. So the way it was going where
it was seen last tells, not how far to the right it came: a change of lane or a motorbike's weave comes back.
"""

from collections.abc import Sequence
from statistics import fmean

from detection.places import EDGE_PX, Observation

# Whoever turns right has begun to within 5 m behind the line (the crossing for pedestrians, then the corner),
# on a circle of 15 m at most. 10 m behind the line it is turned by 19°, and each of its last 4 m brought it
# 0.2 m to the right. Over a shorter stretch trembling boxes weigh more, over a longer one the turn does less.
_FOLLOWED_M = 10.0
_LAST_M = 4.0
# Half of that, or 6°: it leaves as much to the boxes of who turns as to those of who does not (in the sample
# they are off by 0.02 at most), to an axis drawn a little askew, to a rider's sway. Who sways more is let go.
_TO_THE_RIGHT = 0.1  # metres for each metre along the road
_FRAMES = 3  # that must show it so far behind the line


def may_turn_right(path: Sequence[Observation], width: float) -> bool | None:
    """Whether a path bends right, or may; None if it was not followed far enough behind the line to tell.

    `path` has the places of one vehicle in the order of time, `width` is that of the frame in pixels.
    """
    # the middle of a box that the frame cuts is not the vehicle's
    whole = [item for item in path if item.box.x1 > EDGE_PX and item.box.x2 < width - EDGE_PX]
    last = [item for item in whole if item.y > whole[-1].y - _LAST_M]
    if len(last) < _FRAMES:
        return None
    if _bends_right(last):
        return True
    return False if all(item.y - item.error >= _FOLLOWED_M for item in last[-_FRAMES:]) else None


def _bends_right(path: Sequence[Observation]) -> bool:
    """Whether it leads to the right by more than `_TO_THE_RIGHT`, on the whole.

    Told by the trend over time of what is too far to the right: straight across there is no slope over Y.
    """
    times = [(item.at - path[0].at).total_seconds() for item in path]
    middle = fmean(times)
    too_far = (item.x - _TO_THE_RIGHT * item.y for item in path)
    return sum((time - middle) * x for time, x in zip(times, too_far, strict=True)) > 0
