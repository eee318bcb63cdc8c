"""How a plate comes to look in a photograph: askew, badly cut out, dirty, lit, blurred, far, compressed."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.reader_network import HEIGHT, WIDTH

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Looks:
    """How strong the changes are.

    `turn_degrees`: yaw, pitch, roll at most; `steep`: share of plates turned evenly up to that, the others
    seldom more than half of it; `far`: chance of a tiny plate.
    """

    turn_degrees: tuple[float, float, float]
    steep: float
    far: float


NARROWED: Final = 0.5  # share of plates that a turn in space alone does not explain
# Share of plates under the rim of a lid, behind a bumper's edge or a bar; and which edge that hides, in the
# order top, right, bottom, left: overhanging lids are what cameras above look down on.
HIDDEN: Final = 0.15
HIDDEN_EDGES: Final = (0.6, 0.1, 0.2, 0.1)

# Share of long plates that follow a bumper, and the angle at their ends at most, radians: not measured, but
# chosen by eye, so that the most bent drawn ones look like the most bent in photographs.
WRAPPED: Final = 0.3
LONG: Final = 2.5  # width by height
WRAP: Final = 0.6

_EDGES: Final = ((0, 1), (1, 2), (2, 3), (3, 0))

RENDERED = Looks((50.0, 35.0, 30.0), 0.35, 0.25)
# A photographed plate is turned on top of the turn it has already.
PHOTOGRAPHED = Looks((36.0, 26.0, 22.0), 0.25, 0.25)


def look(
    picture: Grey, corners: Floats, looks: Looks, background: Grey | None, rng: np.random.Generator
) -> tuple[Grey, Floats]:
    """One training picture, 64 x 192 uint8, of the plate at `corners` (4 x 2, clockwise from top left).

    With `background` the surroundings of the corners are taken from it instead of from `picture`. The second
    answer is where the corners came to lie: 4 x 2 in [-1, 1] of the training picture, as the network says it.
    """
    seen = _turned(corners, looks, rng)
    hidden = _hidden(rng)
    plate = _without(seen, hidden) if hidden else seen
    left, top = plate.min(axis=0)
    right, bottom = plate.max(axis=0)
    wide, tall = right - left, bottom - top
    # The finder's boxes are neither tight nor level: up to 4 % cut off, up to 20 % too much.
    cut = rng.uniform(-0.04, 0.2, 4) if rng.random() < 0.75 else rng.uniform(-0.08, 0.35, 4)
    left, right = left - cut[0] * wide, right + cut[1] * wide
    top, bottom = top - cut[2] * tall, bottom + cut[3] * tall
    size = _seen_size(looks, rng)
    target = (seen - (left, top)) * (size[0] / (right - left), size[1] / (bottom - top))
    matrix = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    border = cv2.BORDER_CONSTANT if background is not None else cv2.BORDER_REPLICATE
    x, y = _wrapped(_sources(np.asarray(matrix, np.float64), size), corners, rng)
    shown = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=border)
    if background is not None:
        ink = cv2.remap(np.full_like(picture, 255), x, y, cv2.INTER_LINEAR)
        shown = np.where(ink > 127, shown, cv2.resize(background, size)).astype(np.uint8)
    shown = _washed_out(_dirty(np.asarray(shown, np.uint8), rng), rng)
    if hidden:
        shown = _covered(shown, _without(target, hidden), hidden[0], rng)
    lit = _lit(shown.astype(np.float32), rng)
    if rng.random() < 0.15:
        lit = _rained_on(lit, rng)
    placed = target / np.array(size) * 2 - 1
    return _through_a_camera(lit, float(np.ptp(target[:, 0])), rng), placed.astype(np.float32)


def _sources(matrix: NDArray[np.float64], size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Where in the picture each pixel of a view of `size`, that `matrix` leads to, comes from: x and y."""
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float64), np.arange(size[1], dtype=np.float64))
    places = np.stack([x, y], axis=2).reshape(-1, 1, 2)
    found = cv2.perspectiveTransform(places, np.linalg.inv(matrix)).reshape(size[1], size[0], 2)
    return found[..., 0].astype(np.float32), found[..., 1].astype(np.float32)


def _wrapped(
    places: tuple[Floats, Floats], corners: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """The places of a plate as they are where it is bent round a bumper; only some long ones are.

    The plate is part of an upright cylinder that the camera sees from above or below and from one side: its
    ends lie higher or lower than its middle, and the farther end is narrower. `corners` stay those of the
    flat plate that lies halfway between its middle and its ends.
    """
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    half, middle = (right - left) / 2, (left + right) / 2
    if right - left < LONG * (bottom - top) or rng.random() >= WRAPPED:
        return places
    angle = rng.uniform(0.1, WRAP)
    aside, above = rng.normal(0, 0.35), rng.uniform(-0.2, 0.6)
    u = np.linspace(-1.5, 1.5, 121)
    across, away = np.sin(angle * u) / angle, (1 - np.cos(angle * u)) / angle
    seen = np.maximum.accumulate(across * np.cos(aside) + away * np.sin(aside))
    first, last = np.interp((-1, 1), u, seen)
    sag = half * np.sin(above) * (away - np.interp(1, u, away) / 2)
    x, y = places
    where = np.interp(((x - middle) / half + 1) / 2, (seen - first) / (last - first), u)
    # Farther away is higher in the picture of a camera that looks down.
    return (
        (middle + half * where).astype(np.float32),
        (y + np.interp(where, u, sag)).astype(np.float32),
    )


def _turned(corners: Floats, looks: Looks, rng: np.random.Generator) -> Floats:
    """The corners after a turn in space, seen from some plate widths away, or near by a wide lens."""
    share = rng.uniform(-1, 1, 3) if rng.random() < looks.steep else rng.normal(0, 0.2, 3)
    yaw, pitch, roll = np.radians(np.clip(share, -1, 1) * looks.turn_degrees)
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
    distance = length * np.exp(rng.uniform(np.log(1.4), np.log(9)))
    near = distance / (distance + points[:, 2:3])
    return _narrowed(points[:, :2] * near, rng).astype(np.float32)


def _narrowed(seen: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Some plates with one edge shorter: bumpers lean, and a wide lens at its rim stretches what is near."""
    if rng.random() < NARROWED:
        # Most cameras look down: the lower edge is the shorter one.
        edge = _EDGES[int(rng.choice(4, p=(0.2, 0.2, 0.4, 0.2)))]
        middle = seen[edge, :].mean(axis=0)
        seen[edge, :] = middle + (seen[edge, :] - middle) * rng.uniform(0.6, 1)
    return seen


def _hidden(rng: np.random.Generator) -> tuple[int, float] | None:
    """The edge of the plate that something lies over, of `_EDGES`, and how much of the plate that hides."""
    if rng.random() >= HIDDEN:
        return None
    edge = int(rng.choice(4, p=HIDDEN_EDGES))
    # A whole character must not go: what is written beside the picture would be no longer there.
    return edge, float(rng.uniform(0.02, 0.22 if edge in {0, 2} else 0.07))


def _without(corners: Floats, hidden: tuple[int, float]) -> Floats:
    """The corners of what is still to be seen of the plate."""
    edge, share = hidden
    a, b = _EDGES[edge]
    far_b, far_a = _EDGES[(edge + 2) % 4]
    left = corners.copy()
    left[a] += share * (corners[far_a] - corners[a])
    left[b] += share * (corners[far_b] - corners[b])
    return left


def _covered(shown: Grey, visible: Floats, edge: int, rng: np.random.Generator) -> Grey:
    """Something in front of all that lies beyond one edge of the corners `visible`."""
    a, b = visible[list(_EDGES[edge])]
    along = b - a
    outwards = np.array([along[1], -along[0]])
    tilt = outwards * rng.normal(0, 0.02)
    rim = np.array([a - 5 * along - tilt, b + 5 * along + tilt])
    area = np.concatenate([rim, rim[::-1] + 5 * outwards])
    covered = shown.copy()
    cv2.fillPoly(covered, [np.round(area * 16).astype(np.int32)], int(rng.integers(5, 245)), cv2.LINE_AA, 4)
    return covered


def _washed_out(shown: Grey, rng: np.random.Generator) -> Grey:
    """Some pictures with patches so bright, of flash or sun, that strokes nearly vanish there."""
    if rng.random() > 0.12:
        return shown
    height, width = shown.shape
    coarse = rng.uniform(-0.6, 0.9, (int(rng.integers(2, 5)), int(rng.integers(2, 7)))).astype(np.float32)
    share = np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 0.9)
    return (
        np.asarray(shown + (rng.uniform(200, 255) - shown) * share, np.float32).clip(0, 255).astype(np.uint8)
    )


def _seen_size(looks: Looks, rng: np.random.Generator) -> tuple[int, int]:
    """Width and height in pixels at which the camera saw the plate."""
    factor = rng.uniform(0.2, 0.5) if rng.random() < looks.far else rng.uniform(0.5, 1.2)
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
        shown = shown * (1 - rng.uniform(0.2, 0.85) * edge.astype(np.float32))
    if rng.random() < 0.2:
        cx, cy, r = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.15, 0.8)
        spot = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (r * r))
        shown = shown + rng.uniform(60, 220) * spot.astype(np.float32)
    contrast = rng.uniform(0.2, 1.0) if rng.random() < 0.3 else rng.uniform(0.6, 1.2)
    level = rng.uniform(20, 235)
    return np.asarray(128 + (shown - 128) * contrast + (level - 128) * 0.45, np.float32)


def _rained_on(lit: Floats, rng: np.random.Generator) -> Floats:
    """Bright streaks of one slant, and the veil of water in the air."""
    height, width = lit.shape
    streaks = np.zeros((height, width), np.uint8)
    slant = rng.uniform(-0.4, 0.4)
    for _ in range(rng.integers(4, 30)):
        x, y, length = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.1, 0.5) * height
        end = (round(x + slant * length), round(y + length))
        cv2.line(streaks, (round(x), round(y)), end, int(rng.integers(60, 200)), 1, cv2.LINE_AA)
    veil = rng.uniform(0.5, 0.9)
    return np.asarray(lit * veil + (1 - veil) * 160 + streaks * rng.uniform(0.2, 0.7), np.float32)


def _through_a_camera(lit: Floats, plate_width: float, rng: np.random.Generator) -> Grey:
    """Blur, noise and JPEG at the size seen, then stretched to the network's input."""
    choice = rng.random()
    if choice < 0.3:
        lit = cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(0.4, 2.0))).astype(np.float32)
    elif choice < 0.55:
        lit = _moved(lit, plate_width * rng.uniform(0.015, 0.085), rng)
    if rng.random() < 0.5:
        sigma = rng.uniform(1, 10) if rng.random() < 0.75 else rng.uniform(10, 30)
        lit = lit + rng.standard_normal(lit.shape, np.float32) * np.float32(sigma)
    seen = np.clip(lit, 0, 255).astype(np.uint8)
    if rng.random() < 0.45:
        quality = int(rng.integers(15, 85)) if rng.random() < 0.7 else int(rng.integers(5, 15))
        packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    how = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA)[int(rng.integers(0, 3))]
    return np.asarray(cv2.resize(seen, (WIDTH, HEIGHT), interpolation=how), np.uint8)


def _moved(lit: Floats, pixels: float, rng: np.random.Generator) -> Floats:
    """Motion blur of so many pixels; traffic moves across the picture more than up and down."""
    angle = rng.normal(0, 0.35) if rng.random() < 0.6 else rng.uniform(0, np.pi)
    side = 2 * int(np.ceil(pixels / 2)) + 3
    # Drawn finer than a pixel: a short smear is no whole number of them.
    fine = np.zeros((side * 8, side * 8), np.float32)
    middle, reach = side * 4, pixels * 4
    start = (round(middle - reach * np.cos(angle)), round(middle - reach * np.sin(angle)))
    end = (round(middle + reach * np.cos(angle)), round(middle + reach * np.sin(angle)))
    cv2.line(fine, start, end, 1.0, 8)
    kernel = cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.filter2D(lit, -1, kernel / kernel.sum()), np.float32)
