"""Strokes of the characters on Vietnamese plates, drawn by hand: no font file is involved.

A character lies in a box of width 1 and height `b` (the box of the stroke centre lines); x grows right,
y grows down. The shapes follow photographs: even strokes, rounded bowls, a plain 1, an open 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import cos, pi, sin
from types import MappingProxyType
from typing import Final

Point = tuple[float, float]
Stroke = tuple[Point, ...]
Glyph = Callable[[float], tuple[Stroke, ...]]


def _arc(x: float, y: float, radii: float | tuple[float, float], start: float, end: float) -> Stroke:
    """Points of an elliptic arc around (x, y), degrees, 0 to the right, 90 downwards."""
    rx, ry = radii if isinstance(radii, tuple) else (radii, radii)
    steps = max(4, int(abs(end - start) / 9))
    angles = [(start + (end - start) * i / steps) * pi / 180 for i in range(steps + 1)]
    return tuple((x + rx * cos(a), y + ry * sin(a)) for a in angles)


def _ring(top: float, bottom: float, inset: float = 0.0) -> Stroke:
    r = min(0.5 - inset, (bottom - top) / 2)
    right, left = 1 - inset - r, inset + r
    return (
        *_arc(left, top + r, r, 180, 270),
        *_arc(right, top + r, r, 270, 360),
        *_arc(right, bottom - r, r, 0, 90),
        *_arc(left, bottom - r, r, 90, 180),
        (inset, top + r),
    )


def _two(b: float) -> tuple[Stroke, ...]:
    return (*_bottom_bar(b), (*_arc(0.5, 0.5, 0.5, 180, 395), (0.0, b)))


def _bottom_bar(b: float) -> tuple[Stroke, ...]:
    return (((0.0, b), (1.0, b)),)


def _three(b: float) -> tuple[Stroke, ...]:
    m = 0.46 * b
    upper = (*_arc(0.5, 0.5, 0.5, 190, 360), *_arc(0.58, m - 0.38, (0.42, 0.38), 0, 90), (0.4, m))
    lower = (
        *_arc(0.58, m + 0.42, 0.42, 270, 360),
        *_arc(0.5, b - 0.5, 0.5, 0, 170),
    )
    return upper, lower


def _five(b: float) -> tuple[Stroke, ...]:
    m = 0.42 * b
    bowl = (
        (0.08, m + 0.12),
        *_arc(0.5, m + 0.5, (0.5, 0.5), 235, 360),
        *_arc(0.5, b - 0.5, 0.5, 0, 165),
    )
    return ((0.1, 0.0), (0.95, 0.0)), ((0.1, 0.0), (0.06, m + 0.14)), bowl


def _six(b: float) -> tuple[Stroke, ...]:
    m = 0.40 * b
    stem = ((0.66, 0.0), (0.2, m), *_arc(0.5, m + 0.55, (0.5, 0.55), 215, 180), (0.0, b - 0.5))
    return stem, _ring(m, b)


def _curved_six(b: float) -> tuple[Stroke, ...]:
    m = 0.42 * b
    return ((*_arc(0.5, 0.5, 0.5, -35, -180), (0.0, b - 0.5)), _ring(m, b))


def _turned(glyph: tuple[Stroke, ...], b: float) -> tuple[Stroke, ...]:
    return tuple(tuple((1 - x, b - y) for x, y in stroke) for stroke in glyph)


def _c(b: float) -> Stroke:
    return (*_arc(0.5, 0.5, 0.5, -10, -180), *_arc(0.5, b - 0.5, 0.5, 180, 10))


def _d(b: float) -> tuple[Stroke, ...]:
    r = 0.55
    bowl = ((0.0, 0.0), *_arc(1 - r, r, r, 270, 360), *_arc(1 - r, b - r, r, 0, 90), (0.0, b))
    return ((0.0, 0.0), (0.0, b)), bowl


def _p(b: float) -> tuple[Stroke, ...]:
    m = 0.54 * b
    r = m / 2
    bowl = ((0.0, 0.0), *_arc(1 - 0.5, r, (0.5, r), 270, 450), (0.0, m))
    return ((0.0, 0.0), (0.0, b)), bowl


def _b(b: float) -> tuple[Stroke, ...]:
    m = 0.47 * b
    upper, lower = m / 2, (b - m) / 2
    return (
        ((0.0, 0.0), (0.0, b)),
        ((0.0, 0.0), *_arc(0.5, upper, (0.44, upper), 270, 450), (0.0, m)),
        ((0.0, m), *_arc(0.5, m + lower, (0.5, lower), 270, 450), (0.0, b)),
    )


def _g(b: float) -> tuple[Stroke, ...]:
    m = 0.55 * b
    return (
        (*_arc(0.5, 0.5, 0.5, -12, -180), *_arc(0.5, b - 0.5, 0.5, 180, 0), (1.0, m)),
        ((1.0, m), (0.55, m)),
    )


def _s(b: float) -> tuple[Stroke, ...]:
    m, r = b / 2, (0.5, b / 4)
    top = _arc(0.5, b / 4, r, -15, -250)
    low = _arc(0.5, 3 * b / 4, r, -70, 165)
    return ((*top, (0.5, m), *low),)


def _u(b: float) -> Stroke:
    return ((0.0, 0.0), *_arc(0.5, b - 0.5, 0.5, 180, 0), (1.0, 0.0))


_GLYPHS: Final[Mapping[str, Glyph]] = {
    "0": lambda b: (_ring(0, b),),
    "1": lambda b: (((0.62, 0.0), (0.62, b)), ((0.62, 0.02), (0.2, 0.26 * b))),
    "2": _two,
    "3": _three,
    "4": lambda b: (
        ((0.56, 0.0), (0.0, 0.72 * b)),
        ((0.0, 0.72 * b), (1.0, 0.72 * b)),
        ((0.72, 0.42 * b), (0.72, b)),
    ),
    "5": _five,
    "6": _six,
    "7": lambda b: (((0.0, 0.0), (1.0, 0.0)), ((0.98, 0.0), (0.36, b))),
    "8": lambda b: (_ring(0, 0.47 * b, 0.04), _ring(0.47 * b, b)),
    "9": lambda b: _turned(_six(b), b),
    "A": lambda b: (((0.0, b), (0.5, 0.0)), ((0.5, 0.0), (1.0, b)), ((0.17, 0.68 * b), (0.83, 0.68 * b))),
    "B": _b,
    "C": lambda b: (_c(b),),
    "D": _d,
    "Đ": lambda b: (*_d(b), ((-0.2, 0.5 * b), (0.45, 0.5 * b))),
    "E": lambda b: (
        ((0.0, 0.0), (0.0, b)),
        ((0.0, 0.0), (1.0, 0.0)),
        ((0.0, 0.48 * b), (0.85, 0.48 * b)),
        ((0.0, b), (1.0, b)),
    ),
    "F": lambda b: (((0.0, 0.0), (0.0, b)), ((0.0, 0.0), (1.0, 0.0)), ((0.0, 0.48 * b), (0.82, 0.48 * b))),
    "G": _g,
    "H": lambda b: (((0.0, 0.0), (0.0, b)), ((1.0, 0.0), (1.0, b)), ((0.0, 0.48 * b), (1.0, 0.48 * b))),
    "I": lambda b: (((0.5, 0.0), (0.5, b)),),
    "J": lambda b: (((1.0, 0.0), *_arc(0.5, b - 0.5, 0.5, 0, 170)),),
    "K": lambda b: (((0.0, 0.0), (0.0, b)), ((1.0, 0.0), (0.0, 0.6 * b)), ((0.32, 0.42 * b), (1.0, b))),
    "L": lambda b: (((0.0, 0.0), (0.0, b)), ((0.0, b), (1.0, b))),
    "M": lambda b: (
        ((0.0, 0.0), (0.0, b)),
        ((1.0, 0.0), (1.0, b)),
        ((0.0, 0.0), (0.5, 0.62 * b), (1.0, 0.0)),
    ),
    "N": lambda b: (((0.0, 0.0), (0.0, b)), ((0.0, 0.0), (1.0, b)), ((1.0, 0.0), (1.0, b))),
    "O": lambda b: (_ring(0, b),),
    "P": _p,
    "Q": lambda b: (_ring(0, b), ((0.55, 0.72 * b), (1.0, b))),
    "R": lambda b: (*_p(b), ((0.45, 0.54 * b), (1.0, b))),
    "S": _s,
    "T": lambda b: (((0.0, 0.0), (1.0, 0.0)), ((0.5, 0.0), (0.5, b))),
    "U": lambda b: (_u(b),),
    "V": lambda b: (((0.0, 0.0), (0.5, b)), ((0.5, b), (1.0, 0.0))),
    "W": lambda b: (((0.0, 0.0), (0.25, b), (0.5, 0.3 * b), (0.75, b), (1.0, 0.0)),),
    "X": lambda b: (((0.0, 0.0), (1.0, b)), ((1.0, 0.0), (0.0, b))),
    "Y": lambda b: (
        ((0.0, 0.0), (0.5, 0.52 * b)),
        ((1.0, 0.0), (0.5, 0.52 * b)),
        ((0.5, 0.52 * b), (0.5, b)),
    ),
    "Z": lambda b: (((0.0, 0.0), (1.0, 0.0)), ((1.0, 0.0), (0.0, b)), ((0.0, b), (1.0, b))),
    "-": lambda b: (((0.1, b / 2), (0.9, b / 2)),),
    ".": lambda b: (((0.5, b), (0.5, b)),),
}

GLYPHS: Final[Mapping[str, Glyph]] = MappingProxyType(_GLYPHS)
# As other workshops cut them.
OTHERWISE: Final[Mapping[str, Glyph]] = MappingProxyType(
    {
        "6": _curved_six,
        "9": lambda b: _turned(_curved_six(b), b),
        "1": lambda b: (((0.5, 0.0), (0.5, b)), ((0.5, 0.02), (0.22, 0.14 * b))),
        "7": lambda b: (((0.0, 0.0), (1.0, 0.0)), ((0.98, 0.0), (0.55, 0.45 * b), (0.42, b))),
        "3": lambda b: (
            ((0.05, 0.0), (0.95, 0.0), (0.45, 0.4 * b)),
            (*_arc(0.5, 0.4 * b + 0.5, 0.5, 265, 360), *_arc(0.5, b - 0.5, 0.5, 0, 170)),
        ),
    }
)
