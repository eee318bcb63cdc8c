"""The colour word of a vehicle's paint."""

import numpy as np
import pytest

from detection.colour import colour_of
from detection.geometry import Box


@pytest.mark.parametrize(
    ("bgr", "name"),
    [
        ((235, 235, 235), "white"),
        ((150, 150, 152), "silver"),
        ((90, 92, 95), "grey"),
        ((40, 42, 41), "black"),
        ((30, 25, 180), "red"),
        ((60, 20, 170), "red"),
        ((35, 70, 120), "brown"),
        ((30, 190, 220), "yellow"),
        ((60, 130, 40), "green"),
        ((160, 80, 30), "blue"),
        ((12, 10, 11), "black"),
    ],
)
def test_paint_has_a_name(bgr: tuple[int, int, int], name: str) -> None:
    image = np.full((200, 200, 3), 128, np.uint8)
    image[20:180, 40:160] = bgr
    box = Box(40, 20, 160, 180)
    assert colour_of(image, box, "car") == name
    assert colour_of(image, box, "motorbike") == "unknown"
    night = np.asarray(image // 2, np.uint8)
    assert colour_of(night, box, "car") == "unknown"


def test_a_box_outside_the_image_has_no_colour() -> None:
    assert colour_of(np.zeros((20, 20, 3), np.uint8), Box(30, 30, 60, 60), "car") == "unknown"
