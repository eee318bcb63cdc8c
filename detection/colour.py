"""Colours as the camera sees them: a vehicle's paint, a word for the officer, and the ground of a plate."""

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


PlateColour = Literal["white", "yellow", "blue", "red"]

# Of a plate's inner part, the share that its ground covers at least; characters cover up to a third.
_GROUND_SHARE = 0.4
# Of 255: below this saturation a pixel has no colour, below this value none can be told.
_GREY_BELOW, _BRIGHT, _DARK = 70, 90, 45
_PLATE_HUES: tuple[tuple[int, int, PlateColour], ...] = ((14, 36, "yellow"), (95, 130, "blue"))
_RED_HUES = (8, 170)  # below the first or above the second


def plate_colour_of(image: NDArray[np.uint8], box: Box) -> PlateColour | None:
    """The ground of the plate in `box` of a BGR image; None where light or dirt leave it open.

    Sodium lamps make white plates yellow, so yellow is only said where what surrounds the plate is not.
    """
    height, width = image.shape[:2]
    inner = _pixels(image, box.grown(-0.1, -0.12).clipped(width, height))
    if len(inner) < 24:
        return None
    hue, saturation, value = (inner[:, channel].astype(int) for channel in range(3))
    coloured = (saturation >= _GREY_BELOW) & (value >= _DARK)
    for low, high, name in _PLATE_HUES:
        if np.mean(coloured & (hue >= low) & (hue <= high)) >= _GROUND_SHARE:
            return None if name == "yellow" and _is_yellowish(image, box) else name
    if np.mean(coloured & ((hue <= _RED_HUES[0]) | (hue >= _RED_HUES[1]))) >= _GROUND_SHARE:
        return "red"
    is_white = (saturation < _GREY_BELOW) & (value >= _BRIGHT)
    return "white" if np.mean(is_white) >= _GROUND_SHARE else None


def _is_yellowish(image: NDArray[np.uint8], box: Box) -> bool:
    around = _pixels(image, box.grown(1.0, 1.0).clipped(image.shape[1], image.shape[0]))
    bright = around[around[:, 2] >= _BRIGHT]
    yellow = (bright[:, 0] >= 10) & (bright[:, 0] <= 40) & (bright[:, 1] >= 50)
    # the plate itself is a ninth of what is looked at here
    return len(bright) > 0 and float(np.mean(yellow)) > 0.6


def _pixels(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Hue (0 to 179), saturation and value of the pixels in `box`, n x 3."""
    x1, y1, x2, y2 = box.as_ints()
    part = image[y1:y2, x1:x2]
    return (
        cv2.cvtColor(part, cv2.COLOR_BGR2HSV).reshape(-1, 3).astype(np.uint8)
        if part.size
        else part.reshape(-1, 3)
    )
