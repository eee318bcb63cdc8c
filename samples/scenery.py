"""What stands still: road, markings, pavements, houses, trees, and the signal."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.junction import HEAD_WIDTH, LAMP_RADIUS, LAMP_STEP, Light, Plan, Site
from samples.optics import Camera, Points
from samples.panels import Colour, Image, Panel, Sheet, over, paint, shade, upright

_SUPER = 2
_TEXEL = 50.0  # texture pixels a metre
_WEST, _EAST, _NEAR, _FAR = -22.0, 22.0, -9.0, 80.0
LAMPS: dict[str, Colour] = {"red": (50, 45, 250), "amber": (40, 190, 255), "green": (150, 245, 60)}
_ORDER = ("red", "amber", "green")


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
    _markings(image, camera, plan, rng)
    for panel, place in _houses(plan.site, rng) + _trees(plan.site, rng):
        layer = paint(camera, [panel], place, (1.0, 1.0))
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
    shape = (round((_FAR - _NEAR) * _TEXEL), round((_EAST - _WEST) * _TEXEL))
    grey = float(rng.uniform(88, 128)) * (0.8 if plan.light.wet else 1.0)
    top = np.empty((*shape, 3), np.float32)
    top[:] = np.array([grey * rng.uniform(0.98, 1.05), grey, grey * rng.uniform(0.96, 1.03)], np.float32)
    roughness = _noise(rng, shape, 1.5) * 5 + _noise(rng, shape, 12) * 3 + _noise(rng, shape, 120) * 5
    for lane in (site.left * 0.5 + site.divide * 0.5, site.divide * 0.5 + site.right * 0.5):
        for offset in (-0.75, 0.75):  # worn wheel tracks
            column = int((lane + offset - _WEST) * _TEXEL)
            roughness[:, column - 14 : column + 14] -= 6
    for _ in range(14):  # patches and oil
        x, y = rng.uniform(site.left, site.right), rng.uniform(_NEAR, 30)
        centre = (int((x - _WEST) * _TEXEL), int((y - _NEAR) * _TEXEL))
        axes = (int(rng.uniform(5, 40)), int(rng.uniform(10, 90)))
        cv2.ellipse(roughness, centre, axes, 0, 0, 360, float(rng.uniform(-22, 6)), -1)
    top += cv2.GaussianBlur(roughness, (0, 0), 1.2)[..., None]
    _pave(top, site, rng)
    texture = np.clip(top, 0, 255).astype(np.uint8)
    to_world = np.array([[1 / _TEXEL, 0, _WEST], [0, 1 / _TEXEL, _NEAR], [0, 0, 1]])
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


def _pave(top: NDArray[np.float32], site: Site, rng: np.random.Generator) -> None:
    """Pavement slabs on every corner of the junction."""
    colour = np.array(((150, 152, 158), (120, 140, 165), (140, 146, 140))[rng.integers(3)], np.float32)
    slabs = np.empty_like(top)
    slabs[:] = colour + (_noise(rng, (top.shape[0], top.shape[1]), 20) * 7)[..., None]
    step = int(0.4 * _TEXEL)
    slabs[::step] *= 0.82
    slabs[:, ::step] *= 0.82
    west, east = _edges(site)
    columns = np.arange(top.shape[1]) / _TEXEL + _WEST
    rows = np.arange(top.shape[0]) / _TEXEL + _NEAR
    beside = (columns < west) | (columns > east)
    along = (rows < site.mouth) | (rows > site.far)
    mask = along[:, None] & beside[None, :]
    top[mask] = slabs[mask]


def _edges(site: Site) -> tuple[float, float]:
    """X of the kerbs."""
    return (site.left - (6.5 if site.two_way else 0.35), site.right + 0.12)


def _markings(image: Image, camera: Camera, plan: Plan, rng: np.random.Generator) -> None:
    site = plan.site
    fresh = image.copy()
    brush = _Brush(fresh, camera)
    white, yellow = (225, 228, 228), (60, 185, 225)
    left, right = site.left, site.right
    brush.box((left, right), (0.0, 0.35), white)
    y = site.mouth - 0.4
    if y > 1.6:
        for x in np.arange(left, right - 0.2, 0.85):
            brush.box((x, x + 0.42), (1.0, y), white)
    brush.box((site.divide - 0.07, site.divide + 0.07), (-30.0, 0.0), white)
    if site.two_way:
        for x in (left - 0.16, left - 0.4):
            brush.box((x, x + 0.12), (-30.0, site.mouth - 0.5), yellow)
            brush.box((x, x + 0.12), (site.far + 0.5, 70.0), yellow)
    for y in np.arange(site.far + 1.0, 60, 4.0):
        brush.box((site.divide - 0.06, site.divide + 0.06), (y, y + 1.8), white)
    middle = (site.mouth + site.far) / 2
    for x in np.arange(-20, 20, 3.0):
        if not left - 1 < x < right + 0.5:
            brush.box((x, x + 1.5), (middle - 0.07, middle + 0.07), yellow)
    for lane in ((left + site.divide) / 2, (right + site.divide) / 2):
        _arrow(brush, lane, -4.6, white)
    worn = np.clip(
        _noise(rng, image.shape[:2], 5) * 0.22 + _noise(rng, image.shape[:2], 60) * 0.12 + 0.85, 0.25, 1
    )
    image[:] = (fresh * worn[..., None] + image * (1 - worn[..., None])).astype(np.uint8)
    brush = _Brush(image, camera)
    for x, side in zip(_edges(site), (-1, 1), strict=True):
        for low, high in ((-30.0, site.mouth), (site.far, 75.0)):
            brush.box((x, x + side * 0.16), (low, high), (176, 178, 180))
            brush.box((x - side * 0.04, x), (low, high), (70, 70, 72))
            brush.box((x - side * 0.3, x - side * 0.04), (low, high), (112, 112, 114))


def _arrow(brush: _Brush, x: float, y: float, colour: Colour) -> None:
    brush.box((x - 0.07, x + 0.07), (y, y + 1.5), colour)
    brush.area([(x - 0.25, y + 1.4), (x + 0.25, y + 1.4), (x, y + 2.4)], colour)


def _facade(rng: np.random.Generator, width: float) -> Image:
    """A tube house: shop below, shutters, a sign, windows above."""
    walls: tuple[Colour, ...] = (
        (190, 205, 215),
        (150, 190, 205),
        (200, 200, 180),
        (160, 175, 160),
        (140, 160, 200),
        (185, 185, 190),
    )
    signs: tuple[Colour, ...] = ((40, 40, 170), (150, 70, 20), (60, 130, 40), (30, 150, 220), (110, 40, 110))
    sheet = Sheet((width, 7.0), 40.0)
    wall = walls[rng.integers(len(walls))]
    sheet.rectangle((0, 0), (width, 7.0), wall)
    sheet.rectangle((0.2, 0.05), (width - 0.2, 2.7), shade(wall, rng.uniform(0.25, 0.5)))
    if rng.random() < 0.5:
        for z in np.arange(0.1, 2.7, 0.12):
            sheet.rectangle((0.25, z), (width - 0.25, z + 0.08), (140, 142, 146))
    else:
        for _ in range(14):
            x, z = rng.uniform(0.3, width - 0.8), rng.uniform(0.05, 2.0)
            colour = tuple(float(c) for c in rng.uniform(20, 190, 3))
            sheet.rectangle(
                (x, z),
                (x + rng.uniform(0.15, 0.6), z + rng.uniform(0.15, 0.6)),
                (colour[0], colour[1], colour[2]),
            )
    sheet.rectangle((0.05, 2.75), (width - 0.05, 3.5), signs[rng.integers(len(signs))])
    for x in np.arange(0.5, width - 0.6, 0.35):
        sheet.rectangle((x, 2.95), (x + rng.uniform(0.1, 0.25), 3.28), (230, 235, 238))
    for x in (0.5, width / 2 + 0.2):
        sheet.rectangle((x, 4.1), (x + width / 2 - 0.8, 6.0), (90, 80, 70))
    sheet.texture(rng, 0.1)
    return sheet.finished()


def _houses(site: Site, rng: np.random.Generator) -> list[tuple[Panel, Points]]:
    west, east = _edges(site)
    far = Sheet((60.0, 12.0), 8.0)
    far.rectangle((0, 0), (60, 12), (118, 132, 122))
    far.texture(rng, 0.25)
    panels = [(upright(far.finished(), (-30.0, 0.0, 0.0), (60.0, 12.0)), np.array([0.0, 78.0, 0.0]))]
    for start, turn in ((east + 2.6, 1), (west - 2.6, -1)):
        y = 72.0
        while y > site.far + 3:  # houses along the street beyond
            depth = float(rng.uniform(4.0, 6.0))
            edge = max(site.far + 2.2, y - depth)
            corners = np.array([[start, y, 7.0], [start, edge, 7.0], [start, edge, 0.0], [start, y, 0.0]])
            picture = (_facade(rng, 4.5) * 0.85).astype(np.uint8)
            picture[..., 3] = 255
            panels.append((Panel(picture, corners if turn < 0 else corners), np.zeros(3)))
            y -= depth
        x = start
        for _ in range(4):  # houses that face the street which crosses
            width = float(rng.uniform(3.8, 5.5))
            low = x if turn > 0 else x - width
            panels.append(
                (
                    upright(_facade(rng, width), (low, 0.0, 0.0), (width, 7.0)),
                    np.array([0.0, site.far + 2.2, 0.0]),
                )
            )
            x += turn * width
    return panels


def _tree(rng: np.random.Generator) -> Panel:
    sheet = Sheet((4.0, 7.0), 60.0)
    sheet.polygon([(1.85, 0), (2.15, 0), (2.1, 4.0), (1.9, 4.0)], (62, 76, 88))
    sheet.rectangle((1.84, 0.0), (2.16, 1.0), (200, 205, 205))  # whitewashed foot, as city trees have
    sheet.rectangle((1.84, 0.9), (2.16, 1.0), (70, 70, 150))
    for _ in range(70):
        x, z = rng.normal(2.0, 0.6), rng.normal(5.0, 0.7)
        green = shade((44, 100, 62), rng.uniform(0.5, 1.3))
        sheet.ellipse((float(np.clip(x, 0.4, 3.6)), float(np.clip(z, 3.6, 6.5))), (0.4, 0.3), green)
    sheet.texture(rng, 0.15)
    return upright(sheet.finished(), (-2.0, 0.0, 0.0), (4.0, 7.0))


def _furniture(rng: np.random.Generator) -> Panel:
    """Planters, stools, boxes and electricity cabinets on the pavement."""
    sheet = Sheet((0.8, 1.2), 120.0)
    kind = rng.integers(3)
    if kind == 0:
        sheet.polygon([(0.15, 0), (0.65, 0), (0.75, 0.45), (0.05, 0.45)], (90, 110, 150))
        for _ in range(25):
            centre = (float(rng.uniform(0.15, 0.65)), float(rng.uniform(0.45, 0.95)))
            sheet.ellipse(centre, (0.1, 0.08), shade((50, 110, 60), rng.uniform(0.6, 1.3)))
    elif kind == 1:
        colour: Colour = ((40, 40, 180), (170, 90, 30))[rng.integers(2)]
        sheet.polygon([(0.2, 0), (0.6, 0), (0.55, 0.4), (0.25, 0.4)], colour, round_by=0.03)
    else:
        sheet.rectangle((0.15, 0), (0.65, 1.1), (130, 140, 130), round_by=0.03)
        sheet.rectangle((0.2, 0.1), (0.6, 1.0), (118, 128, 118))
    sheet.shine()
    return upright(sheet.finished(), (-0.4, 0.0, 0.0), (0.8, 1.2))


def _trees(site: Site, rng: np.random.Generator) -> list[tuple[Panel, Points]]:
    west, east = _edges(site)
    things = []
    for x, side in ((east + 0.9, 1), (west - 0.9, -1)):
        for y in np.arange(site.far + 3, 60, rng.uniform(6, 9)):
            things.append((_tree(rng), np.array([x + side * 0.3, y, 0.0])))
        for _ in range(5):
            y = float(rng.uniform(site.far + 1, site.far + 14))
            things.append((_furniture(rng), np.array([x + side * rng.uniform(0, 1.2), y, 0.0])))
    return sorted(things, key=lambda thing: -float(thing[1][1]))


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
    return [
        upright(pole.finished(), (-0.06, 0.05, -4.0), (0.12, 4.0)),
        upright(head.finished(), (-half, 0.0, -rise), (HEAD_WIDTH, 2 * rise)),
        Panel(lit.picture, lit.corners, lit=True),
    ]


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
