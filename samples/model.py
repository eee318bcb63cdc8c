"""What a painted vehicle consists of."""

from __future__ import annotations

from dataclasses import dataclass

from samples.panels import Colour, Panel, Point

PAINTS: dict[str, Colour] = {
    "white": (225, 226, 224),
    "black": (34, 32, 31),
    "silver": (178, 177, 173),
    "grey": (98, 97, 94),
    "red": (38, 32, 168),
    "blue": (136, 72, 30),
    "brown": (48, 70, 102),
    "green": (66, 112, 38),
    "yellow": (40, 178, 232),
}
DARK: Colour = (30, 29, 28)
RUBBER: Colour = (38, 37, 36)
CHROME: Colour = (186, 188, 190)
LAMP_RED: Colour = (40, 28, 190)
LAMP_BRAKE: Colour = (90, 70, 255)
LAMP_AMBER: Colour = (40, 130, 235)


@dataclass(frozen=True, eq=False)
class Model:
    """Panels in painting order, relative to the rear end of the vehicle on the road (x, y, z) = 0.

    `plate` is the index of the plate's panel; `lamps` are (x, z) of the tail lights at y = 0; `braking` are
    the panels with the brake lights on.
    """

    panels: list[Panel]
    braking: list[Panel]
    plate: int
    lamps: list[Point]
