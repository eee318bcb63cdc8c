"""Shadows, pools of light and glowing lamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from samples.junction import Light
    from samples.optics import Camera, Points
    from samples.panels import Colour, Image

_PLAIN = 96  # value of the mask where light is unchanged; 255 is 2.7 times as bright
_HALF = 2


@dataclass(frozen=True, slots=True)
class Footprint:
    """What stands on the road: rectangle of X and Y in metres, and its height."""

    x: tuple[float, float]
    y: tuple[float, float]
    height: float

    @property
    def corners(self) -> Points:
        return np.array([[x, y, 0.0] for x in self.x for y in self.y])


class RoadLight:
    """How vehicles change the light on the road: under them, beside them, before them at night."""

    def __init__(self, camera: Camera, light: Light) -> None:
        self._camera, self._light = camera, light

    def apply(self, image: Image, feet: list[Footprint]) -> None:
        """Darken and brighten `image` (the bare road), in place."""
        mask = np.full((image.shape[0] // _HALF, image.shape[1] // _HALF), _PLAIN, np.uint8)
        sun = self._light.sun
        for foot in feet if self._light.night else ():
            self._headlight(mask, foot)
        if sun is not None:
            for foot in feet:
                shift = np.array([sun[0], sun[1], 0.0]) * foot.height * 0.92
                self._fill(mask, np.concatenate([foot.corners, foot.corners + shift]), round(_PLAIN * 0.56))
        for foot in feet:
            self._fill(mask, foot.corners, round(_PLAIN * 0.4))
        size = (image.shape[1], image.shape[0])
        soft = cv2.resize(cv2.GaussianBlur(mask, (0, 0), 2.5 if sun else 6.0), size)
        cv2.multiply(image, cv2.cvtColor(soft, cv2.COLOR_GRAY2BGR), dst=image, scale=1 / _PLAIN)

    def _headlight(self, mask: NDArray[np.uint8], foot: Footprint) -> None:
        front, middle = foot.y[1], sum(foot.x) / 2
        for reach, value in ((9.0, 125), (6.0, 165), (3.5, 200)):
            beam = [
                [middle - 0.3, front],
                [middle + 0.3, front],
                [middle + 0.16 * reach, front + reach],
                [middle - 0.16 * reach, front + reach],
            ]
            pool = np.zeros_like(mask)
            self._fill(pool, np.array([[x, y, 0.0] for x, y in beam]), value)
            np.maximum(mask, pool, out=mask)

    def _fill(self, mask: NDArray[np.uint8], ground: Points, value: int) -> None:
        ground = ground.copy()  # what lies behind the camera cannot be projected
        ground[:, 1] = np.maximum(ground[:, 1], -self._camera.pose.distance * 0.75)
        hull = cv2.convexHull((self._camera.project(ground) / _HALF).astype(np.float32)).astype(np.int32)
        cv2.fillConvexPoly(mask, hull, value)


@dataclass(frozen=True, slots=True)
class Glow:
    """Light scattered around a lamp: middle and radius in pixels, colour, strength from 0 to 1."""

    middle: tuple[float, float]
    radius: float
    colour: Colour
    strength: float

    def add_to(self, image: Image) -> None:
        """Brighten `image`, in place."""
        x, y = self.middle
        left, top = int(max(0, x - self.radius)), int(max(0, y - self.radius))
        right, bottom = int(min(image.shape[1], x + self.radius)), int(min(image.shape[0], y + self.radius))
        if right - left < 2 or bottom - top < 2:
            return
        across = ((np.arange(left, right, dtype=np.float32) - x) / self.radius) ** 2
        down = ((np.arange(top, bottom, dtype=np.float32) - y) / self.radius) ** 2
        fall = np.clip(1 - across[None, :] - down[:, None], 0, 1) ** 3 * self.strength
        window = image[top:bottom, left:right]
        light = (fall[..., None] * np.array(self.colour, np.float32)).astype(np.uint8)
        cv2.add(np.ascontiguousarray(window), light, dst=light)
        window[:] = light
