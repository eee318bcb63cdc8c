"""Far plates in large pictures: the finder looks through windows that shrink nothing."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from detection.finder import Finder, Found, Image

WINDOW: Final = 1280  # pixels of a window's side
# Windows share so many pixels: a plate too wide for that is seen in the whole picture.
SHARED: Final = 256
CUT_OFF: Final = 2  # pixels: what ends closer to a window's inner edge goes on behind it
# Larger pictures are brought to so many pixels first: a dozen windows would take seconds.
LARGEST: Final = 8_300_000


def found_in_windows(finder: Finder, image: Image) -> list[Found]:
    """What the finder, made for `WINDOW` pixels, sees in each window of a BGR image; pixels of the image.

    What a window's inner edge cuts is left out; what two windows show comes twice.
    """
    scale = min(1.0, (LARGEST / (image.shape[0] * image.shape[1])) ** 0.5)
    if scale < 1:
        size = round(image.shape[1] * scale), round(image.shape[0] * scale)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    height, width = image.shape[:2]
    corners = [(x, y) for y in _starts(height) for x in _starts(width)]
    windows = [np.ascontiguousarray(image[y : y + WINDOW, x : x + WINDOW]) for x, y in corners]
    found = []
    for (x, y), window, ones in zip(corners, windows, finder.find(windows), strict=True):
        high, wide = window.shape[:2]
        left, top = CUT_OFF if x else 0, CUT_OFF if y else 0
        right = wide - CUT_OFF if x + wide < width else wide
        bottom = high - CUT_OFF if y + high < height else high
        found += [
            replace(one, box=one.box.moved(x, y).scaled(1 / scale))
            for one in ones
            if one.box.x1 >= left and one.box.y1 >= top and one.box.x2 <= right and one.box.y2 <= bottom
        ]
    return found


def _starts(side: int) -> list[int]:
    """Where windows begin along a side of so many pixels, evenly."""
    count = 1 if side <= WINDOW else -(-(side - SHARED) // (WINDOW - SHARED))
    return [round(number * (side - WINDOW) / max(count - 1, 1)) for number in range(count)]
