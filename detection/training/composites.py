"""Drawn plates and signs set into photographs: colours, distances and weather that nobody photographed.

In real scenes of the training side every boxed plate is painted over with a freshly drawn one of any kind,
lit as the old one was; vehicles whose own plates are too small to be seen get one. Then the picture is
taken again: from farther away, at night, in rain, moving, through a poor camera. Shop signs and adverts
with numbers on them are set in as well, without a box: what is lettered is not always a plate.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from detection.finder import Image
from detection.geometry import Box
from detection.images import load_image
from detection.training.plates import Plate, paint, with_looks
from detection.training.random_plates import random_plate
from detection.training.reader_looks import Floats
from detection.training.scenes import Labelled

LARGEST: Final = 960
# Rows of a plate in pixels as the camera is to see them: down to what the finder is asked for.
SMALLEST_PLATE, LARGEST_PLATE = 10, 60
# What of a vehicle's width its plate takes, measured on the photographs: middle and spread.
_PLATE_SHARE: Final = {
    "car": (0.24, 0.05),
    "truck": (0.2, 0.05),
    "bus": (0.18, 0.04),
    "motorbike": (0.3, 0.07),
}
_FONTS: Final = sorted((Path(__file__).parents[2] / "notices" / "fonts").glob("*.ttf"))
_SAID: Final = (
    "PHỞ BÒ", "CƠM TẤM", "SỬA XE MÁY", "KARAOKE", "NHÀ NGHỈ", "CÀ PHÊ", "HOTLINE", "ĐT: 0903 {}", "0912.{}",
    "GIẢM {}%", "SALE {}", "24/7", "QUÁN {}", "TAXI {}", "XE BUÝT {}", "TUYẾN {}", "SỐ {}", "CẤM ĐỖ XE",
    "BÁNH MÌ", "ATM", "NGÂN HÀNG", "BẢO HIỂM", "1900 {}", "{}", "P. {}", "KM {}",
)  # fmt: skip


def composites(pictures: Sequence[Labelled], folder: Path, count: int, seed: int) -> list[Labelled]:
    """`count` new pictures out of `pictures`, written to `folder` once; seeded, so a killed run goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    by_scene: dict[str, list[Labelled]] = {}
    for picture in pictures:
        by_scene.setdefault(picture.scene, []).append(picture)
    found = []
    for number in range(count):
        dice = random.Random(f"{seed} {number}")
        picture = dice.choice(by_scene[dice.choice(sorted(by_scene))])
        found.append(_composite(picture, folder / f"{number:05d}.jpg", dice))
    return found


def _composite(picture: Labelled, path: Path, dice: random.Random) -> Labelled:
    rng = np.random.default_rng(dice.getrandbits(32))
    image = load_image(picture.path).copy()
    boxes: list[tuple[str, Box]] = []
    for label, box in picture.boxes:
        if label != "plate" or box.width < 12 or box.height < 6:
            boxes.append((label, box))
        else:
            boxes.append((label, set_plate(image, box, _fitting(box, rng), rng)))
    boxes += _carried(image, boxes, rng)
    taken = [box for _, box in boxes]
    for _ in range(int(rng.integers(0, 4))):
        if (board := _set_sign(image, taken, rng)) is not None:
            taken.append(board)
    shown, boxes = _window(image, boxes, dice)
    cv2.imwrite(str(path), weathered(shown, rng), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))])
    return Labelled(path, "composite", (shown.shape[0], shown.shape[1]), tuple(boxes))


def set_plate(image: Image, box: Box, plate: Plate, rng: np.random.Generator) -> Box:
    """Paint a drawn plate over `box` of a BGR image, in place; returns the box of what was painted.

    The new plate is as bright as what was there; it may be turned a little.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box.clipped(width, height).as_ints()
    old = image[y1:y2, x1:x2]
    light = float(np.percentile(old, 90)) / 235 if old.size else 1.0
    # The old plate goes: what is around it is drawn over its place.
    rim = box.grown(0.08, 0.08).clipped(width, height).as_ints()
    patch = image[rim[1] : rim[3], rim[0] : rim[2]]
    edge = np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])
    patch[:] = np.median(edge, axis=0).astype(np.uint8)
    front = paint(plate, max(24, min(160, round(box.height * 1.5))))
    front = np.clip(front.astype(np.float32) * max(0.15, light) * rng.uniform(0.85, 1.1), 0, 255)
    corners = _turned(box, rng)
    _paste(image, front.astype(np.uint8), corners)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def _fitting(box: Box, rng: np.random.Generator) -> Plate:
    """A plate of any kind with as many rows as the box has room for."""
    lines = 1 if box.width > 3 * box.height else 2
    while (plate := with_looks(random_plate(rng), rng)).lines != lines:
        pass
    return plate


def _turned(box: Box, rng: np.random.Generator) -> Floats:
    """The corners of a plate that about fills `box`: level, or turned and slanted up to some 20 degrees."""
    x, y = box.centre
    strength = 1.0 if rng.random() < 0.4 else 0.25
    roll, slant = rng.normal(0, 0.15, 2) * strength
    narrow = rng.uniform(0.75, 1.0)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) / 2
    corners *= (box.width * narrow, box.height)
    corners[:, 1] += corners[:, 0] * np.tan(slant)
    cos, sin = np.cos(roll), np.sin(roll)
    turned = corners @ np.array([[cos, sin], [-sin, cos]], np.float32)
    return np.asarray(turned + np.array([x, y]), np.float32)


def _paste(image: Image, front: Image, corners: Floats) -> None:
    """Lay `front` over the quadrangle `corners` of the image, 4 x 2, clockwise from top left."""
    height, width = image.shape[:2]
    x1, y1 = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    x2, y2 = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, (width, height))
    if x2 <= x1 or y2 <= y1:
        return
    tall, wide = front.shape[:2]
    source = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (corners - (x1, y1)).astype(np.float32))
    size = (int(x2 - x1), int(y2 - y1))
    shown = cv2.warpPerspective(front, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((tall, wide), 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    share = (mask.astype(np.float32) / 255)[..., None]
    part = image[y1:y2, x1:x2]
    part[:] = (part * (1 - share) + shown * share).astype(np.uint8)


def _carried(
    image: Image, boxes: Sequence[tuple[str, Box]], rng: np.random.Generator
) -> list[tuple[str, Box]]:
    """Plates for vehicles that show none, where such a vehicle would carry it."""
    plates = [box for label, box in boxes if label == "plate"]
    given = []
    for label, vehicle in boxes:
        if label == "plate" or vehicle.width < 40 or any(vehicle.intersection(plate) for plate in plates):
            continue
        middle, spread = _PLATE_SHARE[label]
        width = vehicle.width * max(0.08, rng.normal(middle, spread))
        height = width / float(rng.choice([4.7, 2.0, 1.4] if label != "motorbike" else [1.36]))
        x = vehicle.centre[0] + rng.normal(0, 0.05) * vehicle.width
        y = vehicle.y1 + vehicle.height * rng.uniform(0.6, 0.85)
        box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if rng.random() < 0.7 and box.clipped(image.shape[1], image.shape[0]) == box:
            plates.append(box)
            given.append(("plate", set_plate(image, box, _fitting(box, rng), rng)))
    return given


def _set_sign(image: Image, taken: Sequence[Box], rng: np.random.Generator) -> Box | None:
    """A shop's sign or an advert somewhere that is still free; None where the first try is not."""
    height, width = image.shape[:2]
    wide = int(width * rng.uniform(0.08, 0.4))
    tall = max(10, int(wide * rng.uniform(0.12, 0.6)))
    if wide < 24 or wide >= width or tall >= height:
        return None
    x, y = int(rng.integers(0, width - wide)), int(rng.integers(0, height - tall))
    box = Box(x, y, x + wide, y + tall)
    if any(box.intersection(other) for other in taken):
        return None
    image[y : y + tall, x : x + wide] = sign(wide, tall, rng)
    return box


def sign(wide: int, tall: int, rng: np.random.Generator) -> Image:
    """A board with one to three lines as shops and buses carry them, BGR, `tall` x `wide` pixels."""
    ground, ink = (tuple(int(v) for v in rng.integers(0, 256, 3)) for _ in range(2))
    if rng.random() < 0.4:
        ground, ink = (
            ((240, 240, 240), (20, 20, 20)) if rng.random() < 0.7 else ((20, 60, 180), (250, 250, 250))
        )
    board = Pillow.new("RGB", (wide, tall), ground)
    pen = ImageDraw.Draw(board)
    lines = int(rng.integers(1, 4))
    for line in range(lines):
        number = str(rng.integers(1, 10 ** int(rng.integers(1, 7))))
        text = str(rng.choice(_SAID)).format(number)
        font = ImageFont.truetype(
            str(rng.choice([str(font) for font in _FONTS])), max(6, int(tall / lines * 0.75))
        )
        share = pen.textlength(text, font=font) / wide
        if share > 0.95:
            font = font.font_variant(size=max(6, int(font.size * 0.95 / share)))
        left = (wide - pen.textlength(text, font=font)) / 2
        pen.text((left, tall / lines * (line + 0.1)), text, ink, font=font)
    return np.asarray(board, np.uint8)[..., ::-1]


def _window(
    image: Image, boxes: Sequence[tuple[str, Box]], dice: random.Random
) -> tuple[Image, list[tuple[str, Box]]]:
    """The picture shrunk until its plates are as small as the dice say; never enlarged."""
    heights = sorted(box.height for label, box in boxes if label == "plate")
    scale = min(1.0, LARGEST / max(image.shape[:2]))
    if heights:
        wanted = SMALLEST_PLATE * (LARGEST_PLATE / SMALLEST_PLATE) ** dice.random()
        scale = min(scale, max(wanted / heights[len(heights) // 2], 160 / max(image.shape[:2])))
    if scale < 1:
        image = np.asarray(
            cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    moved = [
        (label, Box(box.x1 * scale, box.y1 * scale, box.x2 * scale, box.y2 * scale)) for label, box in boxes
    ]
    return image, moved


def weathered(image: Image, rng: np.random.Generator) -> Image:
    """The BGR picture as a worse hour and a worse camera would have it; half of them stay as they are."""
    shown = image.astype(np.float32)
    if rng.random() < 0.5:
        return image
    if rng.random() < 0.35:
        tint = rng.uniform(0.7, 1.1, 3)
        dark = 255 * (shown / 255) ** rng.uniform(1.2, 2.2) * rng.uniform(0.25, 0.8) * tint
        noise = rng.standard_normal(shown.shape, np.float32) * np.sqrt(np.maximum(dark, 4))
        shown = np.asarray(dark + noise * rng.uniform(0.3, 1.6), np.float32)
    if rng.random() < 0.2:
        shown = _rained_on(shown, rng)
    if rng.random() < 0.3:
        length = int(rng.integers(2, max(3, image.shape[1] // 90)))
        kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
        angle = rng.normal(0, 0.4)
        dx, dy = round(length * float(np.cos(angle))), round(length * float(np.sin(angle)))
        cv2.line(kernel, (length - dx // 2, length - dy // 2), (length + dx // 2, length + dy // 2), 1.0)
        shown = np.asarray(cv2.filter2D(shown, -1, kernel / kernel.sum()), np.float32)
    packed = np.clip(shown, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        code = cv2.imencode(".jpg", packed, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(6, 35))])[1]
        packed = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    return packed


def _rained_on(shown: Floats, rng: np.random.Generator) -> Floats:
    height, width = shown.shape[:2]
    streaks = np.zeros((height, width), np.uint8)
    slant = rng.uniform(-0.3, 0.3)
    for _ in range(int(rng.integers(100, 600))):
        x, y, length = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.02, 0.08) * height
        end = (round(x + slant * length), round(y + length))
        cv2.line(streaks, (round(x), round(y)), end, int(rng.integers(60, 220)), 1, cv2.LINE_AA)
    veil = rng.uniform(0.55, 0.95)
    wet = shown * veil + (1 - veil) * 170 + streaks[..., None] * rng.uniform(0.2, 0.6)
    return np.asarray(np.clip(wet, 0, 255), np.float32)
