"""The signal: a pole with three lamps beside the stop line."""

from __future__ import annotations

import numpy as np

from samples.junction import HEAD_WIDTH, LAMP_RADIUS, LAMP_STEP, Light, Plan
from samples.panels import Colour, Panel, Sheet, shade, upright

LAMPS: dict[str, Colour] = {"red": (50, 45, 250), "amber": (40, 190, 255), "green": (150, 245, 60)}
_ORDER = ("red", "amber", "green")


def signal_panels(light: Light, phase: str) -> list[Panel]:
    """Pole and head with the lamp of `phase` burning, relative to the middle of the amber lamp."""
    half, rise = HEAD_WIDTH / 2, 2 * LAMP_STEP - 0.06
    pole = Sheet((0.12, 4.0), 120.0)
    pole.rectangle((0.02, 0), (0.10, 4.0), (120, 124, 120))
    pole.shine(top=1, bottom=1, side=0.6)
    dim = 0.6 if light.night else 1.0
    head = Sheet((HEAD_WIDTH, 2 * rise), 300.0)
    head.rectangle((0, 0), (HEAD_WIDTH, 2 * rise), shade((46, 46, 44), dim), round_by=0.04)
    lamps = Sheet((HEAD_WIDTH, 2 * rise), 300.0)
    for index, name in enumerate(_ORDER):
        z = rise + (1 - index) * LAMP_STEP
        head.ellipse((half, z), (LAMP_RADIUS + 0.02, LAMP_RADIUS + 0.02), shade((24, 24, 24), dim))
        head.ellipse((half, z), (LAMP_RADIUS, LAMP_RADIUS), shade(LAMPS[name], 0.22 * dim))
        if name == phase:
            lamps.ellipse((half, z), (LAMP_RADIUS, LAMP_RADIUS), LAMPS[name])
            lamps.ellipse((half, z), (LAMP_RADIUS * 0.6, LAMP_RADIUS * 0.6), shade(LAMPS[name], 1.25))
    lit = upright(lamps.finished(), (-half, -0.01, -rise), (HEAD_WIDTH, 2 * rise))
    panels = [
        upright(pole.finished(), (-0.06, 0.05, -4.0), (0.12, 4.0)),
        upright(head.finished(), (-half, 0.0, -rise), (HEAD_WIDTH, 2 * rise)),
        Panel(lit.picture, lit.corners, 1.0),
    ]
    return [panel.in_light(light.gain) for panel in panels]


def lamp_boxes(plan: Plan) -> dict[str, tuple[float, float, float, float]]:
    """Pixel box (x1, y1, x2, y2) of each lamp's glass."""
    x, y, z = plan.site.signal
    boxes = {}
    for index, name in enumerate(_ORDER):
        middle = z + (1 - index) * LAMP_STEP
        corners = [[x + i * LAMP_RADIUS, y, middle + j * LAMP_RADIUS] for i in (-1, 1) for j in (-1, 1)]
        pixels = plan.camera.project(np.array(corners))
        (x1, y1), (x2, y2) = pixels.min(axis=0), pixels.max(axis=0)
        boxes[name] = (float(x1), float(y1), float(x2), float(y2))
    return boxes
