"""A plate as a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from detection.training.plates import paint_plate
from samples.panels import Panel, upright

if TYPE_CHECKING:
    from samples.registration import Registration

PIXELS_PER_MM = 0.7
# Plates throw light back, and have a lamp of their own.
NIGHT_PLATE = 0.62


def plate_panel(plate: Registration, *, y: float, z: float, lean: float = 0.0, dirt: float = 0.0) -> Panel:
    """The plate, its middle at x = 0, bottom edge at height `z`, top `lean` metres further ahead."""
    width, height = (side / 1000 for side in plate.size_mm)
    face = paint_plate(
        plate.text,
        lines=plate.lines,
        size_mm=plate.size_mm,
        colour=plate.colour,
        height_px=round(plate.size_mm[1] * PIXELS_PER_MM),
    )
    if dirt > 0:
        face = cv2.addWeighted(face, 1 - dirt, np.full_like(face, (70, 90, 105)), dirt, 0).astype(np.uint8)
    picture = np.asarray(cv2.cvtColor(face, cv2.COLOR_BGR2BGRA), np.uint8)
    return upright(picture, (-width / 2, y, z), (width, height), lean=lean, lit=NIGHT_PLATE)
