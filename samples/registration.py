"""Plate numbers for rendered vehicles: right grammar, nobody's intention, unique within a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detection.plate_text import display, province_codes
from detection.training.plates import LONG, MOTORCYCLE, SHORT

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

L20 = "ABCDEFGHKLMNPSTUVXYZ"
L11 = "ABCDEFGHKLM"
SECOND = "ABCDEFGHKLMNPRSTUVXYZ"
_HOME_CODES = (50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 41, 61, 72)


@dataclass(frozen=True, slots=True)
class Registration:
    """A plate: normalised text, kind (a key of plates_regex.json), rows, colour, (width, height) in mm."""

    text: str
    kind: str
    lines: int
    colour: str
    size_mm: tuple[float, float]

    @property
    def display(self) -> str:
        return display(self.text, self.kind)


def _number(rng: random.Random, digits: int) -> str:
    return f"{rng.randint(1, 10**digits - 1):0{digits}d}"


def _province(rng: random.Random) -> int:
    return rng.choice(_HOME_CODES) if rng.random() < 0.6 else rng.choice(sorted(province_codes()))


def _motorbike(rng: random.Random) -> Registration:
    province, draw = _province(rng), rng.random()
    colour = "white"
    if draw < 0.45:
        kind, series, digits = "moto_old5", rng.choice(L20) + str(rng.randint(1, 9)), 5
    elif draw < 0.82:
        kind, series, digits = "moto_new", rng.choice(L20) + rng.choice(SECOND), 5
    elif draw < 0.95:
        kind, series, digits = "moto_old4", rng.choice(L20) + str(rng.randint(1, 9)), 4
    else:
        kind, series, digits = "moto_state_blue", rng.choice(L11) + str(rng.randint(1, 9)), 5
        colour = "blue"
    if series in {"LD", "MK", "TD", "DA", "CD", "HC", "KT", "LB", "CT", "RM", "NG", "NN", "CV"}:
        series = "AA"  # the same letters are special or foreign series; keep the kind beyond doubt
    return Registration(f"{province}{series}{_number(rng, digits)}", kind, 2, colour, MOTORCYCLE)


def _car(rng: random.Random, *, business: bool) -> Registration:
    state = not business and rng.random() < 0.05
    colour = "yellow" if business else "blue" if state else "white"
    series = rng.choice(L11 if state else L20)
    one_row = rng.random() < 0.5
    text = f"{_province(rng)}{series}{_number(rng, 5)}"
    return Registration(text, "car", 1 if one_row else 2, colour, LONG if one_row else SHORT)


def issue(rng: random.Random, vehicle: str, taken: set[str], *, business: bool) -> Registration:
    """A fresh plate for a `vehicle` of that class; its text is added to `taken`.

    Args:
        rng: source of chance.
        vehicle: "motorbike", "car", "bus" or "truck".
        taken: texts of the clip so far.
        business: a car in transport business (yellow plate).
    """
    make: Callable[[], Registration] = (
        (lambda: _motorbike(rng)) if vehicle == "motorbike" else (lambda: _car(rng, business=business))
    )
    plate = make()
    while plate.text in taken:
        plate = make()
    taken.add(plate.text)
    return plate
