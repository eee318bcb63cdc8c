"""What training says of a plate's corners is where the plate is, turned, bent and cut as it may be."""

import cv2
import numpy as np
import pytest

from detection.training import reader_looks
from detection.training.reader_looks import RENDERED, look


@pytest.mark.parametrize(("width", "height"), [(300, 64), (130, 96)])
def test_corners_lie_round_the_plate_bent_or_flat(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_looks, "WRAPPED", 1.0)
    plate = np.full((height, width), 250, np.uint8)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    black = np.zeros((80, 160), np.uint8)
    rng = np.random.default_rng(20261125)
    covered = []
    for _ in range(200):
        picture, placed = look(plate, corners, RENDERED, black, rng)
        inside = np.zeros(picture.shape, np.uint8)
        pixels = (placed + 1) / 2 * (picture.shape[1], picture.shape[0])
        cv2.fillConvexPoly(inside, np.round(pixels).astype(np.int32), 255)
        bright = picture > (float(picture.min()) + float(picture.max())) / 2
        covered.append(np.mean(bright == (inside > 127)))
    assert np.median(covered) > 0.9
    assert np.mean(np.array(covered) > 0.7) > 0.85
