"""What goes into a package of a suspect: its own plate, and nothing of its neighbours."""

import resource
import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detection.camera import load_profile
from detection.finder import Found
from detection.geometry import Box
from detection.packaging import clip_of, look_again
from detection.rules import RedLight
from detection.tracks import StoredFrame, Traffic, Vehicle

pytestmark = pytest.mark.camera

START = datetime(2026, 10, 25, tzinfo=UTC)
PROFILE = load_profile(Path(__file__).parents[3] / "samples/junction/camera.toml")
RED, BLUE = (0, 0, 255), (255, 0, 0)
Image = NDArray[np.uint8]


class PaintedPlates:
    """Sees a plate wherever a part of the picture is painted red (the surest) or blue."""

    def plates_in(self, images: Sequence[Image]) -> list[list[Box]]:
        return [[box for colour in (RED, BLUE) for box in self._painted(image, colour)] for image in images]

    def _painted(self, image: Image, colour: tuple[int, int, int]) -> list[Box]:
        ys, xs = np.nonzero((image == colour).all(axis=2))
        return [Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)] if len(xs) else []


def ride(*painted: tuple[Box, tuple[int, int, int]]) -> tuple[Vehicle, list[StoredFrame]]:
    """A suspect at (600, 300) to (660, 430), and a nearer neighbour that covers part of it, in 12 frames."""
    traffic, frames = Traffic(PROFILE), []
    for number in range(12):
        image = np.full((720, 1280, 3), 90, np.uint8)
        for box, colour in painted:
            x1, y1, x2, y2 = box.as_ints()
            image[y1:y2, x1:x2] = colour
        png = cv2.imencode(".png", image)[1].tobytes()
        frames.append(StoredFrame(number, START + timedelta(seconds=number / 12.5), png))
        suspect = Found("motorbike", Box(600, 300, 660, 430), 0.9, 1)
        neighbour = Found("motorbike", Box(628, 340, 688, 460), 0.9, 2)
        traffic.see(frames[-1], image, [suspect, neighbour])
    return next(one for one in traffic.rest() if one.number == 1), frames


NEIGHBOURS = Box(640, 400, 658, 414), RED
OWN = Box(606, 398, 624, 412), BLUE


def test_the_second_look_takes_no_neighbours_plate() -> None:
    vehicle, frames = ride(NEIGHBOURS)
    look_again(PaintedPlates(), vehicle, frames)
    assert vehicle.plates == []


def test_the_second_look_takes_the_suspects_own_plate_beside_a_surer_one_of_the_neighbour() -> None:
    vehicle, frames = ride(NEIGHBOURS, OWN)
    look_again(PaintedPlates(), vehicle, frames)
    assert len(vehicle.plates) == 8
    assert {(view.corner[0] + view.box.x1, view.corner[1] + view.box.y1) for view in vehicle.plates} == {
        (606, 398)
    }


@pytest.mark.parametrize(
    "plate", [Box(606, 310, 624, 324), Box(590, 398, 606, 412)], ids=["on the rider's back", "beside it"]
)
def test_the_second_look_takes_no_plate_where_the_suspect_has_none(plate: Box) -> None:
    vehicle, frames = ride((plate, BLUE))
    look_again(PaintedPlates(), vehicle, frames)
    assert vehicle.plates == []


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file can grow beyond 100 kB, as on a full disk."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_clip_that_was_not_written_whole_is_a_fault_of_writing(full_disk: None) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (36, 64, 3), np.uint8)
    moments = [START + timedelta(seconds=number / 12.5) for number in range(40)]
    frames = []
    for number, at in enumerate(moments):
        image = cv2.resize(np.roll(noise, 7 * number), (640, 360))
        frames.append(StoredFrame(number, at, cv2.imencode(".jpg", image)[1].tobytes()))
    red = RedLight(moments[20], moments[30], START, timedelta(0), START, moments[-1])
    with pytest.raises(OSError, match="clip"):
        clip_of(frames, red, 12.5)
