"""Outlines: a turned plate's box stays as tight as the level one was."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.finder import LABELS
from detection.geometry import Box
from detection.training.outlines import Outlines
from detection.training.plates import LONG, paint_plate
from detection.training.reader_looks import Floats
from detection.training.scenes import Labelled

pytestmark = pytest.mark.camera

SIZE = (240, 400)  # height, width


@pytest.fixture(scope="module")
def outlines() -> Outlines:
    return Outlines()


def points_of(line: str) -> Floats:
    return np.array(line.split()[1:], np.float32).reshape(-1, 2) * (SIZE[1], SIZE[0])


@pytest.mark.parametrize("degrees", [-18, 0, 14])
def test_a_leaning_plate_is_outlined_by_its_corners(
    outlines: Outlines, tmp_path: Path, degrees: float
) -> None:
    front = paint_plate("51F12345", lines=1, size_mm=LONG, height_px=44)
    high, wide = front.shape[:2]
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    turn[:, 2] += (SIZE[1] / 2 - wide / 2, SIZE[0] / 2 - high / 2)
    corners = source @ turn[:, :2].T + turn[:, 2]
    image = cv2.warpAffine(front, turn, SIZE[::-1], borderMode=cv2.BORDER_CONSTANT, borderValue=(90, 90, 90))
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    box = Box(float(left), float(top), float(right), float(bottom))
    picture = Labelled(tmp_path / "one.jpg", "street", SIZE, (("plate", box),))
    (line,) = outlines.lines(picture, np.asarray(image, np.uint8)).splitlines()
    points = points_of(line)
    assert points.shape == (4, 2)
    assert points.min(axis=0) == pytest.approx((left, top), abs=1)
    assert points.max(axis=0) == pytest.approx((right, bottom), abs=1)
    assert np.abs(points - corners).max() < 0.08 * wide


def test_small_plates_and_vehicles_need_no_corners(outlines: Outlines, tmp_path: Path) -> None:
    small, car = Box(10, 10, 30, 18), Box(100, 50, 300, 200)
    sliver = Box(399, 10, 420, 20)
    boxes = (("plate", small), ("car", car), ("plate", sliver))
    picture = Labelled(tmp_path / "one.jpg", "street", SIZE, boxes)
    plate, vehicle = outlines.lines(picture, np.zeros((*SIZE, 3), np.uint8)).splitlines()
    assert [int(line.split()[0]) for line in (plate, vehicle)] == [LABELS.index("plate"), LABELS.index("car")]
    for line, box in ((plate, small), (vehicle, car)):
        points = points_of(line)
        assert points.min(axis=0) == pytest.approx((box.x1, box.y1), abs=0.01)
        assert points.max(axis=0) == pytest.approx((box.x2, box.y2), abs=0.01)
    assert len(points_of(vehicle)) == 8
