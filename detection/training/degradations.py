"""What the street does to a photograph: distance, movement, night, JPEG, tilt, rain; for MEASURING only.

Training has looks of its own (`detection/training/reader_looks.py`, `composites.py`) and must not import this
module: what a network was taught to undo measures nothing. Every function takes a whole photograph with the
plate it is measured by, gives a new one and leaves the old as it was; the same generator state gives the same
pixels. Strengths follow the plate, not the photograph, so that a close and a far plate suffer alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.geometry import Box

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3
Floats: TypeAlias = NDArray[np.float32]

FAR_ROW, VERY_FAR_ROW = 20.0, 12.0  # pixels of one row of characters
SMEAR: Final = (0.06, 0.07)  # of the plate's width: 20 km/h at 1/250 s
TURN_DEGREES: Final = 25.0
JPEG_QUALITY: Final = (8, 15)
# Electrons of a full pixel and of the read-out: a small sensor at high gain.
FULL_WELL, READ_NOISE = 1500.0, 3.0
GAMMA: Final = 2.2


@dataclass(frozen=True, slots=True)
class View:
    """A whole photograph, BGR, with one plate of it: its box in pixels and its rows of characters, 1 or 2."""

    image: Image
    box: Box
    lines: int

    @property
    def row_pixels(self) -> float:
        """Height of one row of the plate."""
        return self.box.height / self.lines


Degradation: TypeAlias = Callable[[View, np.random.Generator], View]


def far(view: View, _rng: np.random.Generator) -> View:
    """From so far away that a row of the plate has 20 pixels; what is farther stays as it is."""
    return _shrunk(view, FAR_ROW)


def very_far(view: View, _rng: np.random.Generator) -> View:
    """The same with 12 pixels a row."""
    return _shrunk(view, VERY_FAR_ROW)


def motion_blur(view: View, rng: np.random.Generator) -> View:
    """Smeared by 6 to 7 % of the plate's width, mostly sideways: traffic crosses the picture."""
    pixels = view.box.width * rng.uniform(*SMEAR)
    angle = rng.normal(0, 0.25) if rng.random() < 0.8 else rng.uniform(0, np.pi)
    kernel = _smear(pixels, angle, bend=rng.uniform(-0.2, 0.2), faster=rng.uniform(-0.6, 0.6))
    smeared = cv2.filter2D(view.image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return View(np.asarray(smeared, np.uint8), view.box, view.lines)


def night_noise(view: View, rng: np.random.Generator) -> View:
    """Little light, much gain: photon and read-out noise, a lamp's colour, a lens wide open."""
    light = (view.image.astype(np.float32) / 255) ** GAMMA
    light *= np.array([rng.uniform(0.7, 1), 1, rng.uniform(1, 1.3)], np.float32)  # BGR: warm lamps
    light = cv2.GaussianBlur(light, (0, 0), max(0.5, view.row_pixels * rng.uniform(0.02, 0.035))).astype(
        np.float32
    )
    exposure = rng.uniform(0.06, 0.15)
    electrons = rng.poisson(light * exposure * FULL_WELL).astype(np.float32)
    electrons += rng.standard_normal(light.shape, np.float32) * np.float32(READ_NOISE)
    shown = np.clip(electrons / (exposure * FULL_WELL) * rng.uniform(0.35, 0.7), 0, 1) ** (1 / GAMMA)
    return View(_bytes(np.asarray(shown * 255, np.float32)), view.box, view.lines)


def strong_jpeg(view: View, rng: np.random.Generator) -> View:
    """What a recorder leaves at quality 8 to 15."""
    quality = int(rng.integers(JPEG_QUALITY[0], JPEG_QUALITY[1] + 1))
    packed = cv2.imencode(".jpg", view.image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return View(np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8), view.box, view.lines)


def tilt(view: View, rng: np.random.Generator) -> View:
    """The whole picture turned about the plate, up to 25° each of yaw, pitch and roll; the box follows."""
    height, width = view.image.shape[:2]
    matrix = _turned_about(
        view.box.centre, 2.0 * max(height, width), np.radians(rng.uniform(-TURN_DEGREES, TURN_DEGREES, 3))
    )
    turned = cv2.warpPerspective(
        view.image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    box = view.box
    corners = np.array([[[box.x1, box.y1], [box.x2, box.y1], [box.x2, box.y2], [box.x1, box.y2]]], np.float64)
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    (left, top), (right, bottom) = moved.min(axis=0).tolist(), moved.max(axis=0).tolist()
    return View(
        np.asarray(turned, np.uint8), Box(left, top, right, bottom).clipped(width, height), view.lines
    )


def rain(view: View, rng: np.random.Generator) -> View:
    """Bright streaks of one slant, some ten across the plate, and the grey veil of water in the air."""
    height, width = view.image.shape[:2]
    streaks = np.zeros((height, width), np.uint8)
    slant = rng.uniform(-0.4, 0.4)
    thick = max(1, round(view.row_pixels / 25))
    each = max(1.0, view.box.width * view.box.height)
    for _ in range(min(6000, int(rng.uniform(6, 14) * width * height / each))):
        x, y, length = rng.uniform(0, width), rng.uniform(0, height), view.box.height * rng.uniform(0.2, 0.7)
        end = (round(x + slant * length), round(y + length))
        cv2.line(streaks, (round(x), round(y)), end, int(rng.integers(60, 200)), thick, cv2.LINE_AA)
    clear = rng.uniform(0.4, 0.7)
    wet = view.image.astype(np.float32) * clear + (1 - clear) * rng.uniform(120, 190)
    wet += cv2.GaussianBlur(streaks, (3, 3), 0)[..., np.newaxis].astype(np.float32) * rng.uniform(0.3, 0.6)
    return View(_bytes(wet), view.box, view.lines)


DEGRADATIONS: Final[Mapping[str, Degradation]] = MappingProxyType(
    {
        "far": far,
        "motion_blur": motion_blur,
        "night_noise": night_noise,
        "strong_jpeg": strong_jpeg,
        "tilt": tilt,
        "rain": rain,
        "very_far": very_far,
    }
)
# `very_far` is beyond what a reader is asked for; totals over the suite are of these.
SUITE: Final = ("far", "motion_blur", "night_noise", "strong_jpeg", "tilt", "rain")


def degraded(name: str, view: View, key: str, seed: int) -> View:
    """`DEGRADATIONS[name]` of a view; `key` names the photograph, so that no order changes what it gets."""
    rng = np.random.default_rng([seed, crc32(name.encode()), crc32(key.encode())])
    return DEGRADATIONS[name](view, rng)


def _shrunk(view: View, row_pixels: float) -> View:
    scale = row_pixels / view.row_pixels if view.row_pixels > 0 else 1.0
    if scale >= 1:
        return view
    height, width = view.image.shape[:2]
    small = cv2.resize(
        view.image,
        (max(1, round(width * scale)), max(1, round(height * scale))),
        interpolation=cv2.INTER_AREA,
    )
    across, down = small.shape[1] / width, small.shape[0] / height
    box = view.box
    moved = Box(box.x1 * across, box.y1 * down, box.x2 * across, box.y2 * down)
    return View(np.asarray(small, np.uint8), moved, view.lines)


def _smear(pixels: float, angle: float, *, bend: float, faster: float) -> Floats:
    """The path of a point while the shutter was open as a kernel of sum 1.

    The path is `pixels` long from end to end and bent sideways by `bend` of that; `faster` is what its speed
    gains on the way, as a share: vehicles turn and brake. Training smears along straight, even lines.
    """
    time = np.linspace(-0.5, 0.5, 512)
    along = pixels * time
    across = pixels * bend * (4 * time**2 - 0.5)
    x = along * np.cos(angle) - across * np.sin(angle)
    y = along * np.sin(angle) + across * np.cos(angle)
    reach = int(np.ceil(max(np.abs(x).max(), np.abs(y).max()))) + 1
    edges = np.arange(-reach - 0.5, reach + 1)
    # Where the point is slow it leaves more light.
    light, *_ = np.histogram2d(y, x, bins=(edges, edges), weights=1 - faster * time)
    return np.asarray(light / light.sum(), np.float32)


def _turned_about(
    centre: tuple[float, float], focal: float, turn: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The homography of a flat picture turned about `centre` by yaw, pitch and roll, radians."""
    yaw, pitch, roll = turn
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turned = about_z @ about_x @ about_y
    seen = np.array([turned[0] * (1, 1, 0), turned[1] * (1, 1, 0), [*(turned[2, :2] / focal), 1]])
    to_centre = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    return np.asarray(np.linalg.inv(to_centre) @ seen @ to_centre, np.float64)


def _bytes(levels: Floats) -> Image:
    return np.clip(levels, 0, 255).astype(np.uint8)
