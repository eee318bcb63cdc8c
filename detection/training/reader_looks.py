"""How a plate comes to look in a photograph: askew, badly cut out, dirty, lit, blurred, far, compressed."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.reader_network import HEIGHT, WIDTH

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Looks:
    """How strong the changes are; `turn_degrees`: yaw, pitch, roll at most; `far`: chance of a tiny plate."""

    turn_degrees: tuple[float, float, float]
    far: float


RENDERED = Looks((38.0, 25.0, 13.0), 0.2)
PHOTOGRAPHED = Looks((14.0, 10.0, 5.0), 0.2)


def look(
    picture: Grey, corners: Floats, looks: Looks, background: Grey | None, rng: np.random.Generator
) -> Grey:
    """One training picture, 48 x 128 uint8, of the plate at `corners` (4 x 2, clockwise from top left).

    With `background` the surroundings of the corners are taken from it instead of from `picture`.
    """
    seen = _turned(corners, looks.turn_degrees, rng)
    left, top = seen.min(axis=0)
    right, bottom = seen.max(axis=0)
    wide, tall = right - left, bottom - top
    # The finder's boxes are neither tight nor level: up to 6 % cut off, up to 14 % too much.
    cut = rng.uniform(-0.06, 0.14, 4) if rng.random() < 0.85 else rng.uniform(-0.08, 0.3, 4)
    left, right = left - cut[0] * wide, right + cut[1] * wide
    top, bottom = top - cut[2] * tall, bottom + cut[3] * tall
    size = _seen_size(looks, rng)
    target = (seen - (left, top)) * (size[0] / (right - left), size[1] / (bottom - top))
    matrix = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    border = cv2.BORDER_CONSTANT if background is not None else cv2.BORDER_REPLICATE
    shown = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=border)
    if background is not None:
        ink = cv2.warpPerspective(np.full_like(picture, 255), matrix, size, flags=cv2.INTER_LINEAR)
        shown = np.where(ink > 127, shown, cv2.resize(background, size)).astype(np.uint8)
    lit = _lit(_dirty(np.asarray(shown, np.uint8), rng).astype(np.float32), rng)
    return _through_a_camera(lit, rng)


def _turned(corners: Floats, most: tuple[float, float, float], rng: np.random.Generator) -> Floats:
    """The corners after a turn in space, seen by a camera a few plate widths away."""
    yaw, pitch, roll = np.radians(np.clip(rng.normal(0, 0.5, 3), -1, 1) * most)
    centre = corners.mean(axis=0)
    flat = corners - centre
    length = float(np.ptp(flat[:, 0]))
    points = np.concatenate([flat, np.zeros((4, 1), np.float32)], axis=1)
    cy, sy, cp, sp, cr, sr = (
        np.cos(yaw),
        np.sin(yaw),
        np.cos(pitch),
        np.sin(pitch),
        np.cos(roll),
        np.sin(roll),
    )
    around_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    around_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    around_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    points = points @ (around_z @ around_x @ around_y).T
    distance = length * rng.uniform(2.5, 9)
    near = distance / (distance + points[:, 2:3])
    return np.asarray(points[:, :2] * near, np.float32)


def _seen_size(looks: Looks, rng: np.random.Generator) -> tuple[int, int]:
    """Width and height in pixels at which the camera saw the plate."""
    factor = rng.uniform(0.35, 0.7) if rng.random() < looks.far else rng.uniform(0.7, 1.4)
    return round(WIDTH * factor * rng.uniform(0.8, 1.2)), round(HEIGHT * factor * rng.uniform(0.8, 1.2))


def _dirty(shown: Grey, rng: np.random.Generator) -> Grey:
    if rng.random() > 0.3:
        return shown
    height, width = shown.shape
    dirty = shown.copy()
    for _ in range(rng.integers(1, 7)):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        radii = (int(rng.integers(1, max(2, width // 12))), int(rng.integers(1, max(2, height // 12))))
        tone = int(rng.integers(40, 220))
        cv2.ellipse(dirty, centre, radii, float(rng.uniform(0, 180)), 0, 360, tone, -1, cv2.LINE_AA)
    share = float(rng.uniform(0.25, 0.8))
    return np.asarray(cv2.addWeighted(dirty, share, shown, 1 - share, 0), np.uint8)


def _lit(shown: Floats, rng: np.random.Generator) -> Floats:
    """Shadow edges, glare, uneven light, infrared's flat contrast."""
    height, width = shown.shape
    x, y = np.meshgrid(
        np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    )
    if rng.random() < 0.3:
        angle, at, soft = rng.uniform(0, 2 * np.pi), rng.uniform(-0.7, 0.7), rng.uniform(2, 30)
        edge = 1 / (1 + np.exp(-soft * (x * np.cos(angle) + y * np.sin(angle) - at)))
        shown = shown * (1 - rng.uniform(0.2, 0.7) * edge.astype(np.float32))
    if rng.random() < 0.2:
        cx, cy, r = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.15, 0.8)
        spot = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (r * r))
        shown = shown + rng.uniform(60, 220) * spot.astype(np.float32)
    contrast = rng.uniform(0.2, 1.0) if rng.random() < 0.3 else rng.uniform(0.6, 1.2)
    level = rng.uniform(20, 235)
    return np.asarray(128 + (shown - 128) * contrast + (level - 128) * 0.45, np.float32)


def _through_a_camera(lit: Floats, rng: np.random.Generator) -> Grey:
    """Blur, noise and JPEG at the size seen, then stretched to the network's input."""
    choice = rng.random()
    if choice < 0.3:
        lit = cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(0.4, 1.8))).astype(np.float32)
    elif choice < 0.45:
        lit = _moved(lit, rng)
    if rng.random() < 0.5:
        lit = lit + rng.standard_normal(lit.shape, np.float32) * np.float32(rng.uniform(1, 10))
    seen = np.clip(lit, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.integers(15, 85))
        packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    how = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA)[int(rng.integers(0, 3))]
    return np.asarray(cv2.resize(seen, (WIDTH, HEIGHT), interpolation=how), np.uint8)


def _moved(lit: Floats, rng: np.random.Generator) -> Floats:
    length = int(rng.integers(3, 9))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    middle = (length - 1) / 2
    dx, dy = middle * np.cos(angle), middle * np.sin(angle)
    start = (round(middle - dx), round(middle - dy))
    end = (round(middle + dx), round(middle + dy))
    cv2.line(kernel, start, end, 1.0)
    return np.asarray(cv2.filter2D(lit, -1, kernel / kernel.sum()), np.float32)
