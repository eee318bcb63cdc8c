"""The empty junction: road, markings and pavements seen through the camera, and the light on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from samples.backdrop import backdrop, kerbs
from samples.optics import Camera
from samples.panels import Colour, Image, over, paint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from samples.junction import Plan, Site

_SUPER = 2
_WHITE, _YELLOW = (225, 228, 228), (60, 185, 225)
STOP_LINE_DEPTH = 0.35
_FINEST = 40.0  # texture pixels a metre for a picture of 720 rows and more
_WEST, _EAST, _NEAR, _FAR = -14.0, 14.0, -9.0, 60.0


@dataclass(frozen=True, slots=True)
class _Brush:
    """Paints polygons given on the road into a picture of the camera."""

    image: Image
    camera: Camera

    def area(self, points: list[tuple[float, float]], colour: Colour) -> None:
        world = np.array([[x, y, 0.0] for x, y in points])
        pixels = np.round(self.camera.project(world) * 16).astype(np.int32)
        cv2.fillPoly(self.image, [pixels], colour, cv2.LINE_AA, 4)

    def box(self, x: tuple[float, float], y: tuple[float, float], colour: Colour) -> None:
        self.area([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])], colour)


def larger(camera: Camera, factor: int) -> Camera:
    """The same view with `factor` times as many pixels each way."""
    return Camera(
        camera.width * factor, camera.height * factor, camera.focal * factor, camera.pitch, camera.pose
    )


def background(plan: Plan) -> Image:
    """The empty junction, (height, width, 3) BGR, without the signal."""
    rng = np.random.default_rng([plan.seed, 11])
    camera = larger(plan.camera, _SUPER)
    image = _ground(plan, camera, rng)
    _markings(image, plan, camera, rng)
    for panel, place in backdrop(plan.site, rng):
        layer = paint(camera, [panel.in_light(1.0)], place)
        if layer is not None:
            height, width = layer.picture.shape[:2]
            over(image[layer.y : layer.y + height, layer.x : layer.x + width], layer.picture)
    small = cv2.resize(image, (plan.camera.width, plan.camera.height), interpolation=cv2.INTER_AREA)
    return _lit(np.asarray(small, np.uint8), plan, rng)


def _noise(rng: np.random.Generator, shape: tuple[int, int], cells: float) -> NDArray[np.float32]:
    """Smooth noise of unit spread whose grains are `cells` pixels large."""
    small = rng.normal(0, 1, (max(2, int(shape[0] / cells)), max(2, int(shape[1] / cells)))).astype(
        np.float32
    )
    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _ground(plan: Plan, camera: Camera, rng: np.random.Generator) -> Image:
    """Asphalt and pavement, painted from above and seen through the camera."""
    site = plan.site
    texel = _FINEST * min(1.0, plan.camera.height / 720)
    shape = (round((_FAR - _NEAR) * texel), round((_EAST - _WEST) * texel))
    grey = float(rng.uniform(88, 128)) * (0.8 if plan.light.wet else 1.0)
    top = np.empty((*shape, 3), np.float32)
    top[:] = np.array([grey * rng.uniform(0.98, 1.05), grey, grey * rng.uniform(0.96, 1.03)], np.float32)
    roughness = (
        _noise(rng, shape, 1.5) * 5 + _noise(rng, shape, 0.3 * texel) * 3 + _noise(rng, shape, 3 * texel) * 5
    )
    for lane in (site.left * 0.5 + site.divide * 0.5, site.divide * 0.5 + site.right * 0.5):
        for offset in (-0.75, 0.75):  # worn wheel tracks
            column = int((lane + offset - _WEST) * texel)
            roughness[:, column - round(0.35 * texel) : column + round(0.35 * texel)] -= 6
    for _ in range(14):  # patches and oil
        x, y = rng.uniform(site.left, site.right), rng.uniform(_NEAR, 30)
        centre = (int((x - _WEST) * texel), int((y - _NEAR) * texel))
        axes = (int(rng.uniform(0.1, 0.8) * texel), int(rng.uniform(0.2, 1.8) * texel))
        cv2.ellipse(roughness, centre, axes, 0, 0, 360, float(rng.uniform(-22, 6)), -1)
    top += cv2.GaussianBlur(roughness, (0, 0), 1.2)[..., None]
    _pave(top, site, texel, rng)
    texture = np.clip(top, 0, 255).astype(np.uint8)
    to_world = np.array([[1 / texel, 0, _WEST], [0, 1 / texel, _NEAR], [0, 0, 1]])
    size = (camera.width, camera.height)
    return np.asarray(
        cv2.warpPerspective(
            texture,
            camera.road_to_image @ to_world,
            size,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _pave(top: NDArray[np.float32], site: Site, texel: float, rng: np.random.Generator) -> None:
    """Pavement slabs on every corner of the junction."""
    colour = np.array(((150, 152, 158), (120, 140, 165), (140, 146, 140))[rng.integers(3)], np.float32)
    slabs = np.empty_like(top)
    slabs[:] = colour + (_noise(rng, (top.shape[0], top.shape[1]), 20) * 7)[..., None]
    step = int(0.4 * texel)
    slabs[::step] *= 0.82
    slabs[:, ::step] *= 0.82
    west, east = kerbs(site)
    columns = np.arange(top.shape[1]) / texel + _WEST
    rows = np.arange(top.shape[0]) / texel + _NEAR
    beside = (columns < west) | (columns > east)
    along = (rows < site.mouth) | (rows > site.far)
    mask = along[:, None] & beside[None, :]
    top[mask] = slabs[mask]


def _markings(image: Image, plan: Plan, camera: Camera, rng: np.random.Generator) -> None:
    """Worn paint on the road, and the kerbs."""
    fresh = image.copy()
    _paint_lines(_Brush(fresh, camera), plan.site)
    _paint_crossing(_Brush(fresh, camera), plan.site)
    shape = (image.shape[0], image.shape[1])
    worn = np.clip(_noise(rng, shape, 5) * 0.22 + _noise(rng, shape, 60) * 0.12 + 0.85, 0.25, 1)
    image[:] = (fresh * worn[..., None] + image * (1 - worn[..., None])).astype(np.uint8)
    brush = _Brush(image, camera)
    for x, side in zip(kerbs(plan.site), (-1, 1), strict=True):
        for low, high in ((-0.7 * camera.pose.distance, plan.site.mouth), (plan.site.far, 75.0)):
            brush.box((x, x + side * 0.16), (low, high), (176, 178, 180))
            brush.box((x - side * 0.04, x), (low, high), (70, 70, 72))
            brush.box((x - side * 0.3, x - side * 0.04), (low, high), (112, 112, 114))


def _paint_lines(brush: _Brush, site: Site) -> None:
    """The stop line, whose near edge is Y = 0, lane lines and arrows."""
    near = -0.7 * brush.camera.pose.distance  # nothing behind the camera can be projected
    brush.box((site.left, site.right), (0.0, STOP_LINE_DEPTH), _WHITE)
    brush.box((site.divide - 0.07, site.divide + 0.07), (near, 0.0), _WHITE)
    for y in np.arange(site.far + 1.0, 60, 4.0).tolist():
        brush.box((site.divide - 0.06, site.divide + 0.06), (y, y + 1.8), _WHITE)
    for x in (site.left - 0.16, site.left - 0.4) if site.two_way else ():
        brush.box((x, x + 0.12), (near, site.mouth - 0.5), _YELLOW)
        brush.box((x, x + 0.12), (site.far + 0.5, 70.0), _YELLOW)
    for lane in ((site.left + site.divide) / 2, (site.right + site.divide) / 2):
        _arrow(brush, lane, -4.6, _WHITE)


def _paint_crossing(brush: _Brush, site: Site) -> None:
    """Zebra, and the middle line of the street that crosses."""
    end = site.mouth - 0.4
    for x in np.arange(site.left, site.right - 0.2, 0.85).tolist() if end > 1.6 else ():
        brush.box((x, x + 0.42), (1.0, end), _WHITE)
    middle = (site.mouth + site.far) / 2
    for x in np.arange(-20, 20, 3.0).tolist():
        if not site.left - 1 < x < site.right + 0.5:
            brush.box((x, x + 1.5), (middle - 0.07, middle + 0.07), _YELLOW)


def _arrow(brush: _Brush, x: float, y: float, colour: Colour) -> None:
    brush.box((x - 0.07, x + 0.07), (y, y + 1.5), colour)
    brush.area([(x - 0.25, y + 1.4), (x + 0.25, y + 1.4), (x, y + 2.4)], colour)


def _lit(image: Image, plan: Plan, rng: np.random.Generator) -> Image:
    light, camera = plan.light, plan.camera
    lit = image.astype(np.float32)
    if light.sun is not None:
        lit *= _leaf_shade(plan, rng)[..., None]
    rows = np.linspace(1, 0, image.shape[0], dtype=np.float32)[:, None, None]
    lit += (np.array([205, 200, 195], np.float32) - lit) * (light.haze * rows)
    gain = np.full(image.shape[:2], light.gain, np.float32)
    if light.night:
        gain *= _street_lamps(camera, rng)
    lit *= gain[..., None] * np.array(light.tint, np.float32)
    return np.clip(lit, 0, 255).astype(np.uint8)


def _leaf_shade(plan: Plan, rng: np.random.Generator) -> NDArray[np.float32]:
    """Shadows of leaves and of a house across the road."""
    shape = (500, 300)
    leaves = _noise(rng, shape, 16) + 0.7 * _noise(rng, shape, 6)
    where = _noise(rng, shape, 90) + float(rng.uniform(-1.6, 0.6))
    mask = np.clip((leaves + where) * 1.2, 0, 1)
    mask = cv2.GaussianBlur(mask, (0, 0), 2)
    to_world = np.array([[0.1, 0, -15.0], [0, 0.1, -9.0], [0, 0, 1]])
    size = (plan.camera.width, plan.camera.height)
    seen = cv2.warpPerspective(
        mask,
        plan.camera.road_to_image @ to_world,
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(1 - 0.42 * seen, np.float32)


def _street_lamps(camera: Camera, rng: np.random.Generator) -> NDArray[np.float32]:
    rows, columns = np.mgrid[0 : camera.height, 0 : camera.width].astype(np.float32)
    total = np.full(rows.shape, 0.75, np.float32)
    for _ in range(3):
        x, y = rng.uniform(0, camera.width), rng.uniform(0, camera.height)
        reach = camera.height * rng.uniform(0.4, 0.8)
        total += 0.5 * np.exp(-(((columns - x) / (1.8 * reach)) ** 2 + ((rows - y) / reach) ** 2))
    return total
