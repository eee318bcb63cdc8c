"""The paint of a vehicle as the camera sees it: a word for the officer, no evidence by itself."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.geometry import Box

Colour = Literal["white", "silver", "grey", "black", "red", "brown", "yellow", "green", "blue", "unknown"]

_NIGHT = 85  # of 255, median brightness of the frame: below it street lamps decide what paint looks like
_PAINT_CHROMA = 45  # of 255; below it is white, silver, grey or black
# OpenCV hue (0 to 179) up to which a colour goes
_HUES: tuple[tuple[float, Colour], ...] = (
    (9, "red"),
    (20, "brown"),
    (35, "yellow"),
    (88, "green"),
    (135, "blue"),
)
_GREYS: tuple[tuple[float, Colour], ...] = ((62, "black"), (115, "grey"), (175, "silver"), (256, "white"))
# rows and columns of the box that are paint: boot lid or tailgate
_PAINT = (0.42, 0.60, 0.25, 0.75)


def colour_of(image: NDArray[np.uint8], box: Box, label: str) -> Colour:
    """The colour of the vehicle in `box` of a BGR image.

    Unknown at night, and of motorbikes: from behind their rider and luggage hide most of the paint.
    """
    top, bottom, left, right = _PAINT
    height, width = image.shape[:2]
    part = Box(
        box.x1 + left * box.width,
        box.y1 + top * box.height,
        box.x1 + right * box.width,
        box.y1 + bottom * box.height,
    )
    x1, y1, x2, y2 = part.clipped(width, height).as_ints()
    paint = image[y1:y2, x1:x2]
    if label == "motorbike" or paint.size == 0 or np.median(image.max(axis=2)) < _NIGHT:
        return "unknown"
    blue, green, red = (float(value) for value in np.median(paint.reshape(-1, 3), axis=0))
    pixel = np.array([[[blue, green, red]]], np.uint8)
    hue, _, value = (int(number) for number in cv2.cvtColor(pixel, cv2.COLOR_BGR2HSV)[0, 0])
    if max(blue, green, red) - min(blue, green, red) < _PAINT_CHROMA:
        return next(name for limit, name in _GREYS if value < limit)
    return next((name for limit, name in _HUES if hue <= limit), "red")
