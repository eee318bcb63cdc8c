"""Flat painted panels in space: the stuff that vehicles, signals and trees are made of.

A `Sheet` is painted in metres; a `Panel` hangs the finished picture on four points in the world; `Layer`
collects panels of one object and is laid over the frame. All pictures are BGRA with premultiplied alpha.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from samples.optics import Camera, Points

Image = NDArray[np.uint8]
Colour = tuple[float, float, float]  # BGR, 0-255
Point = tuple[float, float]

_SHIFT = 4
_SUPER = 2
_FLAT_ENOUGH = 0.5  # pixels
_UNCHANGED = 128  # the level that stands for a gain of 1


def shade(colour: Colour, gain: float) -> Colour:
    """The colour, lighter (gain > 1) or darker, clipped."""
    b, g, r = (min(255.0, max(0.0, c * gain)) for c in colour)
    return b, g, r


class Sheet:
    """A transparent sheet of `size` metres (width, height), origin at the bottom left, z upwards."""

    def __init__(self, size: tuple[float, float], scale: float = 240.0) -> None:
        self.size = size
        self._scale = scale * _SUPER
        pixels = (max(4, round(size[1] * self._scale)), max(4, round(size[0] * self._scale)), 4)
        self._image: Image = np.zeros(pixels, np.uint8)

    def _pixels(self, points: list[Point]) -> NDArray[np.int32]:
        scale, height = self._scale * (1 << _SHIFT), self.size[1]
        return np.array([[round(x * scale), round((height - z) * scale)] for x, z in points], np.int32)

    def polygon(self, points: list[Point], colour: Colour, *, round_by: float = 0.0) -> None:
        """A filled polygon; `round_by` metres are rounded off its corners."""
        outline = self._pixels(_rounded(points, round_by) if round_by > 0 else points)
        cv2.fillPoly(self._image, [outline], (*colour, 255), cv2.LINE_AA, _SHIFT)

    def rectangle(self, low: Point, high: Point, colour: Colour, *, round_by: float = 0.0) -> None:
        """A filled upright rectangle between two corners."""
        corners = [low, (high[0], low[1]), high, (low[0], high[1])]
        self.polygon(corners, colour, round_by=round_by)

    def ellipse(self, centre: Point, radii: Point, colour: Colour) -> None:
        """A filled ellipse."""
        turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        points = [(centre[0] + radii[0] * np.cos(t), centre[1] + radii[1] * np.sin(t)) for t in turn]
        self.polygon(points, colour)

    def stroke(self, points: list[Point], width: float, colour: Colour) -> None:
        """A line of that width in metres with round ends."""
        thick = max(1, round(width * self._scale))
        cv2.polylines(
            self._image, [self._pixels(points)], isClosed=False, color=(*colour, 255), thickness=thick,
            lineType=cv2.LINE_AA, shift=_SHIFT,
        )  # fmt: skip

    def shine(self, *, top: float = 1.15, bottom: float = 0.75, side: float = 0.8) -> None:
        """Light from above on everything painted so far: brighter on top and in the middle."""
        rows = np.linspace(top, bottom, self._image.shape[0], dtype=np.float32)
        across = np.linspace(-1, 1, self._image.shape[1], dtype=np.float32)
        self._brighten(np.outer(rows, 1 - (1 - side) * across**2))

    def texture(self, rng: np.random.Generator, strength: float) -> None:
        """Soft irregular brightness, as of cloth or dirt; `strength` is the spread as a fraction."""
        small = rng.normal(1, strength, (12, 12)).astype(np.float32)
        height, width = self._image.shape[:2]
        gain = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        self._brighten(np.asarray(gain, np.float32))

    def _brighten(self, gain: NDArray[np.float32]) -> None:
        level = cv2.convertScaleAbs(gain, alpha=_UNCHANGED)
        alpha = self._image[..., 3]
        light = cv2.merge((level, level, level, np.full_like(level, _UNCHANGED)))
        lit = cv2.multiply(self._image, light, scale=1 / _UNCHANGED)
        self._image = np.asarray(cv2.min(lit, cv2.merge((alpha, alpha, alpha, alpha))), np.uint8)

    def finished(self) -> Image:
        """The picture at its nominal scale."""
        height, width = self._image.shape[:2]
        small = cv2.resize(self._image, (width // _SUPER, height // _SUPER), interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(small, np.uint8)


def _rounded(points: list[Point], radius: float) -> list[Point]:
    result: list[Point] = []
    for before, here, after in zip(points[-1:] + points[:-1], points, points[1:] + points[:1], strict=True):
        corner = np.array(here)
        ends = [np.array(before) - corner, np.array(after) - corner]
        starts = []
        for end in ends:
            length = float(np.hypot(*end)) or 1.0
            starts.append(corner + end / length * min(radius, length / 2))
        for t in (0.0, 0.25, 0.5, 0.75, 1.0):
            bend = (1 - t) ** 2 * starts[0] + 2 * t * (1 - t) * corner + t**2 * starts[1]
            result.append((float(bend[0]), float(bend[1])))
    return result


@dataclass(frozen=True, eq=False)
class Panel:
    """A picture on four points relative to the object: top left, top right, bottom right, bottom left.

    `lit` is the least brightness of a panel that shines by itself or throws light back, whatever the night.
    """

    picture: Image
    corners: Points
    lit: float = 0.0

    def in_light(self, gain: float) -> Panel:
        """The panel under light of that brightness, without its empty margins, which cost time to draw."""
        height, width = self.picture.shape[:2]
        columns = np.flatnonzero(self.picture[..., 3].any(axis=0))
        rows = np.flatnonzero(self.picture[..., 3].any(axis=1))
        left, right, top, bottom = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
        spots = [(left, top), (right, top), (right, bottom), (left, bottom)]
        corners = np.array([self._at(x / width, y / height) for x, y in spots])
        bright = max(gain, self.lit)
        cut = np.ascontiguousarray(self.picture[top:bottom, left:right])
        lit = cv2.multiply(cut, np.array([bright, bright, bright, 1.0]))
        return Panel(np.minimum(lit, cut[..., 3:]).astype(np.uint8), corners, self.lit)

    def _at(self, right: float, down: float) -> Points:
        a, b, c, d = self.corners
        point: Points = (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * d + right * c)
        return point

    @cached_property
    def pyramid(self) -> list[Image]:
        """The picture in steps of 3:4, down to an eighth."""
        pictures = [self.picture]
        for step in range(1, 8):
            height, width = (max(2, round(side * 0.75**step)) for side in self.picture.shape[:2])
            small = cv2.resize(self.picture, (width, height), interpolation=cv2.INTER_AREA)
            pictures.append(np.asarray(small, np.uint8))
        return pictures


def upright(
    picture: Image,
    low: tuple[float, float, float],
    size: tuple[float, float],
    *,
    lean: float = 0.0,
    lit: float = 0.0,
) -> Panel:
    """A panel facing the camera: `low` its bottom-left corner, `lean` metres its top lies further ahead."""
    (x, y, z), (width, height) = low, size
    top, far = z + height, y + lean
    corners = np.array([[x, far, top], [x + width, far, top], [x + width, y, z], [x, y, z]])
    return Panel(picture, corners, lit)


@dataclass(frozen=True, eq=False)
class Layer:
    """An object as it stands in the image: `picture` BGRA premultiplied, its top-left pixel at (x, y)."""

    picture: Image
    x: int
    y: int


def paint(camera: Camera, panels: list[Panel], place: Points) -> Layer | None:
    """The panels, in painting order, at `place` (3,); None if nothing of them is in the image."""
    outlines = [camera.project(panel.corners + place) for panel in panels]
    everything = np.concatenate(outlines)
    low = np.maximum(np.floor(everything.min(axis=0)) - 2, 0).astype(int)
    high = np.minimum(np.ceil(everything.max(axis=0)) + 3, (camera.width, camera.height)).astype(int)
    if (high - low < 2).any():
        return None
    canvas: Image = np.zeros((high[1] - low[1], high[0] - low[0], 4), np.uint8)
    for panel, outline in zip(panels, outlines, strict=True):
        _hang(canvas, panel, outline - low)
    return Layer(canvas, int(low[0]), int(low[1]))


def _hang(canvas: Image, panel: Panel, outline: Points) -> None:
    low = np.maximum(np.floor(outline.min(axis=0)) - 1, 0).astype(int)
    high = np.minimum(np.ceil(outline.max(axis=0)) + 2, (canvas.shape[1], canvas.shape[0])).astype(int)
    if (high - low < 1).any():
        return
    picture = _level(panel, outline)
    height, width = picture.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    target = (outline - low - 0.5).astype(np.float32)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    skew = np.abs(target[0] - target[1] + target[2] - target[3]).max()
    if skew < _FLAT_ENOUGH:  # an affine map costs half as much and is as good here
        drawn = cv2.warpAffine(picture, cv2.getAffineTransform(source[:3], target[:3]), size)
    else:
        drawn = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(source, target), size)
    over(canvas[low[1] : high[1], low[0] : high[0]], np.asarray(drawn, np.uint8))


def _level(panel: Panel, outline: Points) -> Image:
    """The smallest picture of the pyramid that is not smaller than what will be drawn."""
    (ax, ay), (bx, by), _, (dx, dy) = outline.tolist()
    across, down = max(math.hypot(bx - ax, by - ay), 1.0), max(math.hypot(dx - ax, dy - ay), 1.0)
    height, width = panel.picture.shape[:2]
    factor = min(width / across, height / down)
    if factor < 1.34:
        return panel.picture
    return panel.pyramid[min(7, int(math.log(factor) / math.log(4 / 3)))]


def over(below: Image, above: Image) -> None:
    """Lay premultiplied BGRA `above` over `below` (BGRA premultiplied, or BGR), in place."""
    rest = cv2.bitwise_not(above[..., 3])
    if below.shape[2] == 4:
        kept = cv2.multiply(below, cv2.merge((rest, rest, rest, rest)), scale=1 / 255)
        cv2.add(kept, above, dst=below)
    else:
        kept = cv2.multiply(below, cv2.cvtColor(rest, cv2.COLOR_GRAY2BGR), scale=1 / 255)
        cv2.add(kept, cv2.cvtColor(above, cv2.COLOR_BGRA2BGR), dst=below)
