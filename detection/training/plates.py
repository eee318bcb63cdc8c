"""Front views of clean Vietnamese plates, drawn from strokes.

Sizes and colours: Circular 79/2024/TT-BCA, Article 37, and QCVN 08:2024/BCA: car 520 x 110 and
330 x 165 mm, motorcycle 190 x 140 mm. 470 x 110 and 280 x 200 mm are the car plates from before
2025, which stay on the road. Character sizes were taken from photographs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.plate_text import kinds_of, normalise
from detection.training.glyphs import GLYPHS, OTHERWISE

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

LONG: Final = (520.0, 110.0)
SHORT: Final = (330.0, 165.0)
LONG_OLD: Final = (470.0, 110.0)
SHORT_OLD: Final = (280.0, 200.0)
MOTORCYCLE: Final = (190.0, 140.0)

# Background and text, BGR, as a retroreflective plate looks in daylight.
_COLOURS: Final[dict[str, tuple[Colour, Colour]]] = {
    "white": ((232, 234, 233), (28, 26, 26)),
    "yellow": ((38, 186, 240), (28, 26, 26)),
    "blue": ((142, 74, 16), (236, 236, 236)),
    "red": ((38, 28, 176), (236, 236, 236)),
}
_RED_TEXT: Final[Colour] = (40, 30, 190)
# Height and width of a character, stroke and gap between characters, mm, by plate size.
_TYPE: Final[dict[tuple[float, float], tuple[float, float, float, float]]] = {
    LONG: (80, 44, 10, 11),
    LONG_OLD: (80, 38, 9, 9),
    SHORT: (63, 42, 10, 12),
    SHORT_OLD: (80, 38, 10, 7),
    MOTORCYCLE: (55, 26, 7, 6),
}


@dataclass(frozen=True, slots=True)
class Plate:
    """One plate to draw, and how it departs from the norm; factors are 1 for a plate true to the standard."""

    text: str
    lines: int
    size_mm: tuple[float, float]
    colour: str = "white"
    screws: bool = False
    border: bool = True
    separators: bool = True
    stroke: float = 1.0
    spacing: float = 1.0
    character_width: float = 1.0
    character_height: float = 1.0
    # The space between two rows, in thirds of what the rows leave free; what is left goes above and below.
    between_rows: float = 1.0
    # How far the border lies from the edge, and how thick it is, mm.
    border_mm: tuple[float, float] = (3.0, 1.6)
    # Shapes as other workshops cut them; and how far, in widths of a character, strokes lean and sag.
    otherwise: bool = False
    hand: tuple[float, float] = (0.0, 0.0)


def paint_plate(
    text: str,
    *,
    lines: int,
    size_mm: tuple[float, float],
    colour: str = "white",
    height_px: int,
) -> Image:
    """The plate seen from the front, BGR uint8, `height_px` × proportional width; the image ends at its edge.

    Args:
        text: plate text in any writing; the separators are set by its kind.
        lines: 1 or 2 rows.
        size_mm: width and height, one of `LONG`, `SHORT`, `LONG_OLD`, `SHORT_OLD`, `MOTORCYCLE`, or other.
        colour: background, one of white, yellow, blue, red.
        height_px: height of the picture in pixels, at least 8.

    Raises:
        ValueError: an unknown colour, row count or character, or a height below 8 px.
    """
    return paint(Plate(text, lines, size_mm, colour), height_px)


def paint(plate: Plate, height_px: int) -> Image:
    """The same for a plate with its own looks (see `Plate`)."""
    if plate.colour not in _COLOURS:
        raise ValueError(f"colour must be one of {tuple(_COLOURS)}, not {plate.colour!r}")
    if height_px < 8:
        raise ValueError(f"height_px must be at least 8, not {height_px}")
    rows = rows_of(plate.text, lines=plate.lines, size_mm=plate.size_mm)
    width_mm, height_mm = plate.size_mm
    # Drawn larger, then averaged down: smooth edges at any size.
    fine = max(2, -(-240 // height_px))
    scale = height_px * fine / height_mm
    shape = (height_px * fine, round(width_mm * scale))
    background, ink = _COLOURS[plate.colour]
    canvas = np.full((*shape, 3), background, np.uint8)
    for row, box in zip(rows, _row_boxes(plate, len(rows)), strict=True):
        _paint_row(canvas, row, box, (plate, ink, scale))
    if plate.border:
        _paint_border(canvas, ink, plate.border_mm, scale)
    if plate.screws:
        _paint_screws(canvas, plate, scale)
    size = (round(width_mm * height_px / height_mm), height_px)
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)


def rows_of(text: str, *, lines: int, size_mm: tuple[float, float]) -> tuple[str, ...]:
    """The rows as they stand on the plate, with dash and dot: ("59-X1", "234.56") or ("51F-123.45",)."""
    if lines not in {1, 2}:
        raise ValueError(f"lines must be 1 or 2, not {lines!r}")
    plain = normalise(text)
    if not plain:
        raise ValueError("a plate needs text")
    # Only a plate of motorcycle shape carries a motorcycle's text: 190 x 140 mm.
    motorcycle = lines == 2 and size_mm == MOTORCYCLE
    kinds = kinds_of(plain, lines=lines, vehicle="motorbike" if motorcycle else "car") or ("",)
    head, tail = _halves(plain, kinds[0])
    if lines == 1:
        return (f"{head}-{tail}",) if head else (tail,)
    return (head, tail) if head else (plain[:2], plain[2:])


def _halves(plain: str, kind: str) -> tuple[str, str]:
    if kind == "military":
        return plain[:2], f"{plain[2:4]}-{plain[4:]}"
    if kind == "foreign_car":
        return f"{plain[:2]}-{plain[2:5]}", f"{plain[5:7]}-{plain[7:]}"
    if kind == "foreign_moto":
        return f"{plain[:2]}-{plain[2:5]}-{plain[5:7]}", plain[7:]
    digits = 4 if kind in {"moto_old4", "car_legacy4"} or len(plain) < 8 else 5
    head, number = plain[:-digits], plain[-digits:]
    if kind == "emoto_legacy_md":
        head = head.replace("MD", "MĐ")
    if kind.startswith(("moto", "emoto")):
        head = f"{head[:2]}-{head[2:]}"
    return head, f"{number[:3]}.{number[3:]}" if digits == 5 else number


def _row_boxes(plate: Plate, rows: int) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom in mm of the space of each row."""
    width, height = plate.size_mm
    tall = _type_of(plate)[0]
    free = height - rows * tall
    gap = free / 3 * plate.between_rows if rows == 2 else 0.0
    above = (free - gap) / 2
    side = 0.045 * width
    return [
        (side, above + index * (tall + gap), width - side, above + index * (tall + gap) + tall)
        for index in range(rows)
    ]


def _type_of(plate: Plate) -> tuple[float, float, float, float]:
    tall, wide, stroke, gap = _TYPE.get(plate.size_mm) or _any_type(plate)
    return (
        tall * plate.character_height,
        wide * plate.character_width,
        stroke * plate.stroke,
        gap * plate.spacing,
    )


def _any_type(plate: Plate) -> tuple[float, float, float, float]:
    tall = plate.size_mm[1] * (0.72 if plate.lines == 1 else 0.39)
    return tall, tall * 0.53, tall * 0.125, tall * 0.13


def _paint_row(
    canvas: Image,
    row: str,
    box: tuple[float, float, float, float],
    look: tuple[Plate, Colour, float],
) -> None:
    plate, ink, scale = look
    if not plate.separators:
        row = row.replace("-", "").replace(".", "")
    tall, wide, stroke, gap = _type_of(plate)
    widths = [{"-": wide * 0.48, ".": stroke * 1.1}.get(character, wide) for character in row]
    free = box[2] - box[0]
    needed = sum(widths) + gap * (len(row) - 1)
    shrink = min(1.0, free / needed)
    x = box[0] + (free - needed * shrink) / 2
    foreign = any(mark in row for mark in ("NG", "QT"))
    for character, width in zip(row, widths, strict=True):
        red = foreign and character in "NGQT" and plate.colour == "white"
        size = (x, box[1], width * shrink, tall)
        pen = (stroke, _RED_TEXT if red else ink, scale)
        _paint_character(canvas, character, size, pen, plate)
        x += (width + gap) * shrink


def _paint_character(
    canvas: Image,
    character: str,
    box: tuple[float, float, float, float],
    pen: tuple[float, Colour, float],
    plate: Plate,
) -> None:
    if character not in GLYPHS:
        raise ValueError(f"no plate carries the character {character!r}")
    x, y, wide, tall = box
    stroke, ink, scale = pen
    stroke = min(stroke, 0.32 * wide)  # squeezed characters keep their holes
    unit = max(wide - stroke, 0.01)
    height = (tall - stroke) / unit
    left, right = round(x * scale), round((x + wide) * scale)
    top, bottom = round(y * scale), round((y + tall) * scale)
    if character == "Đ":
        left -= round(0.2 * unit * scale)
    mask = np.zeros((bottom - top, right - left), np.uint8)
    origin = np.array([x + stroke / 2 - left / scale, y + stroke / 2 - top / scale])
    glyph = OTHERWISE.get(character, GLYPHS[character]) if plate.otherwise else GLYPHS[character]
    for line in glyph(height):
        points = np.asarray(_with_flat_ends(line, height, stroke / unit))
        lean, sag = plate.hand
        points = points + np.stack(
            [lean * np.sin(np.pi * points[:, 1] / height), sag * np.sin(np.pi * points[:, 0])], axis=1
        )
        points = points * unit + origin
        fixed = np.round(points * scale * 16).astype(np.int32)
        cv2.polylines(mask, [fixed], False, 255, max(1, round(stroke * scale)), cv2.LINE_AA, 4)
    shown = canvas[top:bottom, left:right]
    part = mask[: shown.shape[0], : shown.shape[1]]
    shown[part > 127] = ink


def _with_flat_ends(
    line: tuple[tuple[float, float], ...], height: float, pen: float
) -> tuple[tuple[float, float], ...]:
    """Carries ends that lie on the edge of the box beyond it, where the mask cuts them straight."""
    closed = abs(line[0][0] - line[-1][0]) + abs(line[0][1] - line[-1][1]) < 1e-6
    if closed:
        return line

    def beyond(end: tuple[float, float], before: tuple[float, float]) -> tuple[float, float]:
        dx, dy = end[0] - before[0], end[1] - before[1]
        sideways = abs(dx) > abs(dy) and min(abs(end[0]), abs(end[0] - 1)) < 1e-6
        upright = abs(dy) > 0.3 * abs(dx) and min(abs(end[1]), abs(end[1] - height)) < 1e-6
        on_edge = sideways or upright
        long = (dx * dx + dy * dy) ** 0.5
        if not on_edge or long == 0:
            return end
        return end[0] + dx / long * pen, end[1] + dy / long * pen

    return (beyond(line[0], line[1]), *line[1:-1], beyond(line[-1], line[-2]))


def _paint_border(canvas: Image, ink: Colour, border_mm: tuple[float, float], scale: float) -> None:
    height, width = canvas.shape[:2]
    inset, radius, thickness = border_mm[0] * scale, 8.0 * scale, max(1, round(border_mm[1] * scale))
    r, i = round(radius), round(inset)
    x2, y2 = width - i, height - i
    for (cx, cy), angle in zip(
        ((i + r, i + r), (x2 - r, i + r), (x2 - r, y2 - r), (i + r, y2 - r)),
        (180, 270, 0, 90),
        strict=True,
    ):
        cv2.ellipse(canvas, (cx, cy), (r, r), angle, 0, 90, ink, thickness, cv2.LINE_AA)
    for start, end in (
        ((i + r, i), (x2 - r, i)),
        ((i + r, y2), (x2 - r, y2)),
        ((i, i + r), (i, y2 - r)),
        ((x2, i + r), (x2, y2 - r)),
    ):
        cv2.line(canvas, start, end, ink, thickness, cv2.LINE_AA)


def _paint_screws(canvas: Image, plate: Plate, scale: float) -> None:
    width, height = plate.size_mm
    y = height / 2 if plate.lines == 1 else 0.1 * height
    for x in (0.06 * width, 0.94 * width) if plate.lines == 1 else (0.25 * width, 0.75 * width):
        centre = (round(x * scale), round(y * scale))
        cv2.circle(canvas, centre, round(3.4 * scale), (120, 122, 124), -1, cv2.LINE_AA)
        cv2.circle(canvas, centre, round(1.4 * scale), (70, 70, 72), -1, cv2.LINE_AA)


def with_looks(plate: Plate, rng: np.random.Generator) -> Plate:
    """The plate as another workshop would have made it: stroke, spacing and width within what is seen."""
    return replace(
        plate,
        screws=bool(rng.random() < 0.35),
        border=bool(rng.random() < 0.8),
        separators=bool(rng.random() < 0.85),
        stroke=float(rng.uniform(0.7, 1.35)),
        spacing=float(rng.uniform(0.65, 1.3)),
        character_width=float(rng.uniform(0.85, 1.2)),
        # Tall rows end close to the border: a 7 on a line is not a 2.
        character_height=float(rng.uniform(0.92, 1.1)),
        between_rows=float(rng.uniform(0.5, 1.9)),
        border_mm=(float(rng.uniform(1.0, 6.0)), float(rng.uniform(0.8, 4.0))),
        otherwise=bool(rng.random() < 0.35),
        hand=(float(rng.normal(0, 0.04)), float(rng.normal(0, 0.03))),
    )
