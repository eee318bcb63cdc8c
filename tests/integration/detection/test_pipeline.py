"""Frames through decoder, finder and reader at once: the same as one after the other."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from detection.camera import load_profile
from detection.finder import Finder, Image
from detection.finder_network import Rows
from detection.pipeline import looked_at, read_frames
from detection.reader import Reader
from detection.sources import Frame, FrameSource, SourceFault

pytestmark = pytest.mark.camera

JUNCTION = Path(__file__).parents[3] / "samples/junction"
FRAMES = 30


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


def source() -> FrameSource:
    return FrameSource(str(JUNCTION / "video.mp4"), load_profile(JUNCTION / "camera.toml"))


def test_frames_come_in_order_with_what_tracking_alone_gives(finder: Finder) -> None:
    finder.reset()
    alone = [finder.track(frame.image) for frame in islice(source(), FRAMES)]
    finder.reset()
    with closing(looked_at(source(), finder)) as looked:
        at_once = [(frame.index, finder.follow(frame.image, rows)) for frame, rows in islice(looked, FRAMES)]
    assert at_once == list(enumerate(alone))


@dataclass
class Counting:
    """Finds in each frame one box as wide as the frame's number; counts what it is given at once."""

    workers: int
    together: int
    given: list[int] = field(default_factory=list)

    def look(self, frames: Sequence[Image]) -> list[Rows]:
        self.given.append(len(frames))
        return [np.array([[0, 0, frame[0, 0, 0], 9, 0.9, 1]], np.float32) for frame in frames]


@pytest.mark.parametrize(("workers", "together"), [(1, 1), (3, 1), (1, 8)])
def test_frames_go_to_the_finder_in_its_own_number_and_come_out_one_by_one(
    workers: int, together: int
) -> None:
    finder = Counting(workers, together)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    frames = (Frame(number, at, np.full((4, 4, 3), number, np.uint8)) for number in range(21))
    looked = [(frame.index, float(rows[0, 2])) for frame, rows in looked_at(frames, finder)]
    assert looked == [(number, number) for number in range(21)]
    assert sum(finder.given) == 21
    assert max(finder.given) == together


def test_every_plate_of_every_frame_is_read_once(finder: Finder) -> None:
    finder.reset()
    with closing(read_frames(source(), finder, Reader())) as seen:
        frames = list(islice(seen, FRAMES))
    assert [one.frame.index for one in frames] == list(range(FRAMES))
    for one in frames:
        assert [plate for plate, _ in one.plates] == [each for each in one.found if each.label == "plate"]
    scores = [scores for one in frames for _, scores in one.plates]
    assert len(scores) > FRAMES
    for each in scores:
        assert np.exp(each).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_a_fault_of_the_source_comes_after_the_frames_before_it(finder: Finder) -> None:
    def broken() -> Iterator[Frame]:
        yield from islice(source(), 5)
        raise SourceFault("the camera is gone")

    finder.reset()
    indices = []
    with pytest.raises(SourceFault, match="the camera is gone"):  # noqa: PT012 - what came before counts
        for one in read_frames(broken(), finder, Reader()):
            indices.append(one.frame.index)  # noqa: PERF401 - the fault ends it
    assert indices == list(range(5))
