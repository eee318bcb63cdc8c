"""Boxes in image pixels. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel rectangle: (x1, y1) top left, (x2, y2) bottom right, pixels of the image."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return max(0.0, self.x2 - self.x1)

    @property
    def height(self) -> float:
        return max(0.0, self.y2 - self.y1)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    @property
    def area(self) -> float:
        return self.width * self.height

    def intersection(self, other: Box) -> float:
        """Area in px² that both boxes cover."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return width * height if width > 0 and height > 0 else 0.0

    def around(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.x1, other.x1), min(self.y1, other.y1), max(self.x2, other.x2), max(self.y2, other.y2)
        )

    def iou(self, other: Box) -> float:
        """Intersection over union, 0 for two empty boxes."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def as_ints(self) -> tuple[int, int, int, int]:
        """Rounded corners (x1, y1, x2, y2)."""
        return round(self.x1), round(self.y1), round(self.x2), round(self.y2)

    def clipped(self, width: float, height: float) -> Box:
        """The part of the box inside an image of `width` × `height` pixels."""
        return Box(
            min(max(self.x1, 0.0), width),
            min(max(self.y1, 0.0), height),
            min(max(self.x2, 0.0), width),
            min(max(self.y2, 0.0), height),
        )

    def moved(self, right: float, down: float) -> Box:
        """The box `right` and `down` pixels from here."""
        return Box(self.x1 + right, self.y1 + down, self.x2 + right, self.y2 + down)

    def grown(self, across: float, down: float) -> Box:
        """The box made larger by `across` of its width and `down` of its height on each side."""
        dx, dy = self.width * across, self.height * down
        return Box(self.x1 - dx, self.y1 - dy, self.x2 + dx, self.y2 + dy)

    def scaled(self, factor: float) -> Box:
        """The box in a picture `factor` times as large."""
        return Box(self.x1 * factor, self.y1 * factor, self.x2 * factor, self.y2 * factor)
