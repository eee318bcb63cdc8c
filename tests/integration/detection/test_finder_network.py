"""The exported finder against the makers' own way of running the checkpoint, on the committed clip."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.finder import CONFIDENCE, PLATE_CONFIDENCE, Finder, Found, Image

pytestmark = pytest.mark.camera

CLIP = Path(__file__).parents[3] / "samples/junction/video.mp4"
DIFFERENCE = 0.02  # of confidence, between half and full precision


@pytest.fixture(scope="module")
def exported() -> Finder:
    return Finder()


@pytest.fixture(scope="module")
def checkpoint() -> Finder:
    return Finder(backend="torch")


@pytest.fixture(scope="module")
def frames() -> list[Image]:
    """Every thirtieth frame, as it is, at 1080p and cut to an odd size."""

    def views() -> Iterator[Image]:
        capture = cv2.VideoCapture(str(CLIP), cv2.CAP_FFMPEG)
        number = 0
        while capture.grab():
            if number % 30 == 0:
                image = np.asarray(capture.retrieve()[1], np.uint8)
                yield image
                yield np.asarray(cv2.resize(image, (1920, 1080)), np.uint8)
                yield np.ascontiguousarray(image[101:, 7:760])
            number += 1

    return list(views())


def is_sure(found: Found) -> bool:
    """Whether the other network must have it too: not where the bound of confidence lies between the two."""
    least = PLATE_CONFIDENCE if found.label == "plate" else CONFIDENCE
    return found.confidence > least + DIFFERENCE


def edges(found: Found) -> tuple[float, float, float, float]:
    return found.box.x1, found.box.y1, found.box.x2, found.box.y2


def test_the_export_finds_what_the_checkpoint_finds(
    exported: Finder, checkpoint: Finder, frames: list[Image]
) -> None:
    boxes = 0
    for image, ours, theirs in zip(frames, exported.find(frames), checkpoint.find(frames), strict=True):
        tolerance = max(1.0, max(image.shape[:2]) / 640)  # a pixel of what the network saw
        for some, others in ((ours, theirs), (theirs, ours)):
            for one in filter(is_sure, some):
                other = max(others, key=lambda each: each.box.iou(one.box))
                assert one.label == other.label
                assert edges(one) == pytest.approx(edges(other), abs=tolerance)
                assert one.confidence == pytest.approx(other.confidence, abs=DIFFERENCE)
                boxes += 1
    assert boxes > 200


def test_an_engine_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"finder\.engine: no such TensorRT engine"):
        Finder(device="cuda:0", engine=tmp_path / "finder.engine")
