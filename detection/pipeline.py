"""Frames through decoder, finder and reader, the three at work at the same time.

A thread decodes ahead, others find, and one reads the plates of several frames in one batch; frames come out
in their order. Some twenty frames are in memory, and decoding waits when the consumer does.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from detection.finder import Finder, Found
from detection.finder_network import Rows
from detection.overlap import in_order, produced
from detection.reader import Reader, Scores
from detection.sources import Frame

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3
Item = TypeVar("Item")

# One cut of a plate per frame: frames take the place of the several cuts that `PlateReader` makes of one.
_MARGIN: Final = 0.06
_DECODED: Final = 2  # frames ready before they are wanted
_WAITING: Final = 2  # calls of the finder that wait for a free worker while plates are being read
READ_TOGETHER: Final = 4  # frames whose plates make one batch: enough for the reader, few to remember


class Looker(Protocol):
    """What looks at frames in any order and from any thread: `detection.finder.Finder`."""

    @property
    def workers(self) -> int:
        """Calls of `look` that are worth making at once."""

    @property
    def together(self) -> int:
        """Frames that are worth giving to one call."""

    def look(self, frames: Sequence[Image]) -> list[Rows]:
        """The boxes of each frame."""


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A frame, what the finder follows in it, and what the reader sees on the plates among that.

    `plates` pairs plates of `found` with their scores (`Reader.scores`). They are not decoded: one frame
    accuses nobody, and `decoding.decode` takes a plate's scores of several frames together.
    """

    frame: Frame
    found: tuple[Found, ...]
    plates: tuple[tuple[Found, Scores], ...]


def looked_at(frames: Iterable[Frame], finder: Looker) -> Generator[tuple[Frame, Rows]]:
    """Each frame with its boxes, in order, for `Finder.follow`.

    Frames are made in a thread of their own. What they or the finder raise is raised here, after the frames
    before. Close the generator if it is not used to its end.
    """

    def look(group: Sequence[Frame]) -> list[tuple[Frame, Rows]]:
        return list(zip(group, finder.look([frame.image for frame in group]), strict=True))

    with (
        closing(produced(frames, room=_DECODED)) as decoded,
        closing(
            in_order(look, _groups(decoded, finder.together), workers=finder.workers, ahead=_WAITING)
        ) as groups,
    ):
        for group in groups:
            yield from group


def read_frames(frames: Iterable[Frame], finder: Finder, reader: Reader) -> Generator[SeenFrame]:
    """Each frame with what is followed in it and every plate of it read once, in order.

    Raises what `looked_at` does. Close the generator if it is not used to its end.
    """

    def read(group: Sequence[tuple[Frame, list[Found]]]) -> list[SeenFrame]:
        return _read(group, reader)

    with closing(looked_at(frames, finder)) as looked:
        followed = ((frame, finder.follow(frame.image, rows)) for frame, rows in looked)
        with closing(in_order(read, _groups(followed, READ_TOGETHER), workers=1)) as groups:
            for group in groups:
                yield from group


def _read(group: Sequence[tuple[Frame, list[Found]]], reader: Reader) -> list[SeenFrame]:
    """The plates of all frames in one batch."""
    seen: list[tuple[Frame, list[Found], list[Found]]] = []
    crops: list[Image] = []
    for frame, found in group:
        height, width = frame.image.shape[:2]
        plates = []
        for plate in (one for one in found if one.label == "plate"):
            x1, y1, x2, y2 = plate.box.grown(_MARGIN, _MARGIN).clipped(width, height).as_ints()
            if x2 > x1 and y2 > y1:
                plates.append(plate)
                crops.append(frame.image[y1:y2, x1:x2])
        seen.append((frame, found, plates))
    scores = iter(reader.scores(crops))
    return [
        SeenFrame(frame, tuple(found), tuple(zip(plates, islice(scores, len(plates)), strict=True)))
        for frame, found, plates in seen
    ]


def _groups(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items by `size`; those before a fault come before it."""
    group: list[Item] = []
    try:
        for item in items:
            group.append(item)
            if len(group) == size:
                yield group
                group = []
    except Exception:
        if group:
            yield group
        raise
    if group:
        yield group
