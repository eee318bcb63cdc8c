"""What a painted vehicle consists of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.panels import Colour, Image, Panel, Point

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


GLASS: Colour = (58, 50, 42)
Spot = tuple[float, float, float]


def quad(picture: Image, corners: tuple[Spot, Spot, Spot, Spot]) -> Panel:
    """A panel on four points: top left, top right, bottom right, bottom left."""
    return Panel(picture, np.array(corners))


@dataclass(frozen=True, eq=False)
class Model:
    """A vehicle relative to the middle of its rear end on the road, (x, y, z) = 0.

    `body`, the lamps and the plate are painted in this order; `lamps` are (x, z) of the tail lights at y = 0.
    """

    body: list[Panel]
    tail: Panel
    brake: Panel
    plate: Panel
    lamps: list[Point]

    def in_light(self, gain: float) -> Model:
        """The model as it looks under light of that brightness."""
        body = [panel.in_light(gain) for panel in self.body]
        tail, brake, plate = (panel.in_light(gain) for panel in (self.tail, self.brake, self.plate))
        return Model(body, tail, brake, plate, self.lamps)

    def panels(self, *, braking: bool) -> list[Panel]:
        """All panels in painting order."""
        return [*self.body, self.brake if braking else self.tail, self.plate]
