"""Motorbikes with riders, seen from behind, as layers one behind the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from samples.model import CHROME, DARK, LAMP_AMBER, LAMP_BRAKE, LAMP_RED, PAINTS, RUBBER, Model
from samples.panels import Colour, Panel, Sheet, shade, upright
from samples.plate_panels import plate_panel

if TYPE_CHECKING:
    from samples.traffic import Vehicle

_SHIRTS: tuple[Colour, ...] = (
    (190, 190, 186), (60, 50, 44), (140, 96, 60), (60, 60, 150), (70, 110, 70), (170, 120, 100),
    (150, 130, 200), (60, 140, 60), (52, 120, 220), (96, 70, 50), (40, 44, 70), (170, 160, 90),
)  # fmt: skip
_TROUSERS: tuple[Colour, ...] = ((60, 44, 34), (36, 34, 34), (96, 84, 74), (80, 66, 52), (110, 118, 120))
_HELMETS: tuple[Colour, ...] = (
    (220, 220, 218), (36, 34, 34), (60, 50, 170), (150, 80, 40),
    (90, 150, 60), (40, 150, 220), (150, 140, 140), (190, 150, 210),
)  # fmt: skip
_SKIN: Colour = (112, 146, 190)
_MIDDLE = 0.45  # x of the vehicle's middle on every sheet


@dataclass(frozen=True)
class _Look:
    paint: Colour
    scooter: bool
    shirt: Colour
    trousers: Colour
    helmet: Colour
    pillion: bool
    cargo: bool
    hair: bool
    rail: bool
    seat: float
    top: float


def _look(vehicle: Vehicle, rng: np.random.Generator) -> _Look:
    return _Look(
        paint=PAINTS[vehicle.colour],
        scooter=bool(vehicle.body.style % 2),
        shirt=shade(_SHIRTS[rng.integers(len(_SHIRTS))], rng.uniform(0.8, 1.15)),
        trousers=_TROUSERS[rng.integers(len(_TROUSERS))],
        helmet=shade(_HELMETS[rng.integers(len(_HELMETS))], rng.uniform(0.8, 1.1)),
        pillion=bool(rng.random() < 0.22),
        cargo=bool(rng.random() < 0.12),
        hair=bool(rng.random() < 0.35),
        rail=bool(rng.random() < 0.6),
        seat=0.76,
        top=vehicle.body.height,
    )


def _front(look: _Look) -> Panel:
    """Handlebar, mirrors, hands and the front of the fairing."""
    sheet = Sheet((0.9, 1.25))
    for side in (-1, 1):
        sheet.stroke([(0.45 + side * 0.24, 0.98), (0.45 + side * 0.31, 1.14)], 0.018, DARK)
        sheet.ellipse((0.45 + side * 0.33, 1.16), (0.06, 0.042), DARK)
        sheet.ellipse((0.45 + side * 0.33, 1.16), (0.048, 0.032), (170, 160, 150))
        sheet.stroke([(0.45 + side * 0.1, 0.98), (0.45 + side * 0.33, 0.97)], 0.035, DARK)
        sheet.ellipse((0.45 + side * 0.3, 0.975), (0.045, 0.04), _SKIN)
    sheet.polygon(
        [(0.25, 0.35), (0.65, 0.35), (0.6, 0.98), (0.3, 0.98)], shade(look.paint, 0.8), round_by=0.1
    )
    sheet.rectangle((0.4, 0.0), (0.5, 0.5), RUBBER, round_by=0.04)
    sheet.shine()
    return upright(sheet.finished(), (-_MIDDLE, 1.25, 0.0), (0.9, 1.25))


def _rider(look: _Look, rng: np.random.Generator, y: float) -> list[Panel]:
    """Legs, back and arms, head."""
    legs = Sheet((0.9, 0.95))
    for side in (-1, 1):
        knee, foot = 0.45 + side * 0.27, 0.45 + side * 0.25
        legs.stroke([(0.45 + side * 0.13, 0.78), (knee, 0.6)], 0.15, look.trousers)
        legs.stroke([(knee, 0.6), (foot, 0.3)], 0.11, shade(look.trousers, 0.9))
        legs.ellipse((foot, 0.26), (0.055, 0.07), shade(_SKIN if look.hair else DARK, 0.8))
    legs.shine(bottom=0.6)
    legs.texture(rng, 0.08)
    back, low = look.top - 0.2, look.seat - 0.04
    torso = Sheet((0.9, back + 0.1))
    sleeve = look.shirt if rng.random() < 0.6 else _SKIN
    for side in (-1, 1):
        torso.stroke([(0.45 + side * 0.19, back - 0.12), (0.45 + side * 0.31, back - 0.33)], 0.1, look.shirt)
        torso.stroke([(0.45 + side * 0.31, back - 0.33), (0.45 + side * 0.28, 0.97)], 0.075, sleeve)
    torso.polygon(
        [
            (0.27, low), (0.63, low), (0.65, back - 0.2), (0.66, back - 0.08),
            (0.53, back), (0.37, back), (0.24, back - 0.08), (0.25, back - 0.2),
        ],
        look.shirt, round_by=0.05,
    )  # fmt: skip
    torso.stroke([(0.45, low + 0.05), (0.455, back - 0.15)], 0.02, shade(look.shirt, 0.88))
    torso.rectangle((0.28, low - 0.02), (0.62, low + 0.06), look.trousers, round_by=0.03)
    torso.shine(side=0.7)
    torso.texture(rng, 0.1)
    head = Sheet((0.36, 0.36))
    head.rectangle((0.13, 0.0), (0.23, 0.1), _SKIN, round_by=0.02)
    if look.hair:
        head.polygon([(0.1, 0.0), (0.26, 0.0), (0.28, 0.2), (0.08, 0.2)], (30, 30, 34), round_by=0.03)
    head.ellipse((0.18, 0.19), (0.128, 0.135), look.helmet)
    head.rectangle((0.06, 0.09), (0.3, 0.13), shade(look.helmet, 0.6), round_by=0.015)
    head.shine(top=1.25, bottom=0.6, side=0.65)
    return [
        upright(torso.finished(), (-_MIDDLE, y, 0.0), (0.9, back + 0.1), lean=0.12),
        upright(head.finished(), (-0.18, y + 0.12, look.top - 0.33), (0.36, 0.36)),
        upright(legs.finished(), (-_MIDDLE, y - 0.05, 0.0), (0.9, 0.95)),
    ]


def _tail(look: _Look) -> Panel:
    """Seat and tail fairing."""
    wide = 0.17 if look.scooter else 0.13
    low, high = 0.45 - wide, 0.45 + wide
    tail = Sheet((0.9, 0.95))
    tail.polygon(
        [(0.3, 0.35), (0.6, 0.35), (high, 0.72), (low, 0.72)], shade(look.paint, 0.75), round_by=0.06
    )
    inner = wide * 0.8
    tail.polygon(
        [(low, 0.56), (high, 0.56), (0.45 + inner, 0.8), (0.45 - inner, 0.8)], look.paint, round_by=0.05
    )
    tail.rectangle((0.45 - wide * 0.9, 0.76), (0.45 + wide * 0.9, 0.84), DARK, round_by=0.035)
    if look.rail:
        rail = [(-0.85, 0.78), (-0.7, 0.86), (0.7, 0.86), (0.85, 0.78)]
        tail.stroke([(0.45 + wide * x, z) for x, z in rail], 0.022, CHROME)
    tail.shine()
    return upright(tail.finished(), (-_MIDDLE, 0.22, 0.0), (0.9, 0.95))


def _light(look: _Look, *, braking: bool) -> Panel:
    wide = 0.17 if look.scooter else 0.13
    light = Sheet((0.4, 0.16))
    glow = LAMP_BRAKE if braking else LAMP_RED
    light.rectangle((0.2 - wide * 0.6, 0.03), (0.2 + wide * 0.6, 0.13), glow, round_by=0.04)
    light.ellipse((0.2, 0.085), (wide * 0.3, 0.03), (200, 190, 255) if braking else shade(glow, 1.3))
    for side in (-1, 1):
        middle = 0.2 + side * wide * 0.85
        light.rectangle((middle - 0.03, 0.04), (middle + 0.03, 0.11), LAMP_AMBER, round_by=0.02)
    return upright(light.finished(), (-0.2, 0.13, 0.6), (0.4, 0.16), lit=0.85)


def _wheel(look: _Look) -> Panel:
    sheet = Sheet((0.9, 0.62))
    sheet.rectangle((0.395, 0.0), (0.505, 0.5), RUBBER, round_by=0.05)
    sheet.rectangle((0.425, 0.01), (0.475, 0.3), (58, 57, 56), round_by=0.02)
    sheet.stroke([(0.58, 0.24), (0.6, 0.36)], 0.085, (70, 70, 70))
    sheet.ellipse((0.58, 0.24), (0.045, 0.048), CHROME)
    sheet.ellipse((0.58, 0.24), (0.028, 0.03), (20, 20, 20))
    sheet.stroke([(0.34, 0.2), (0.36, 0.55)], 0.03, (80, 80, 82))
    sheet.polygon([(0.4, 0.22), (0.5, 0.22), (0.53, 0.6), (0.37, 0.6)], DARK, round_by=0.02)
    sheet.rectangle((0.36, 0.36), (0.54, 0.6), shade(DARK, 1.2 if look.scooter else 0.9), round_by=0.03)
    return upright(sheet.finished(), (-_MIDDLE, 0.14, 0.0), (0.9, 0.62))


def _load(look: _Look, rng: np.random.Generator) -> list[Panel]:
    if look.pillion:
        shirt = _SHIRTS[rng.integers(len(_SHIRTS))]
        other = replace(look, shirt=shirt, top=look.top - 0.05, hair=bool(rng.random() < 0.6))
        return _rider(other, rng, 0.45)
    if look.cargo:
        box = Sheet((0.6, 0.5))
        colour: Colour = ((60, 140, 60), (70, 130, 180), (40, 110, 230))[rng.integers(3)]
        box.rectangle((0.04, 0.0), (0.56, 0.46), colour, round_by=0.03)
        box.rectangle((0.04, 0.2), (0.56, 0.24), shade(colour, 0.8))
        box.shine()
        return [upright(box.finished(), (-0.3, 0.3, 0.84), (0.6, 0.5))]
    return []


def motorbike(vehicle: Vehicle) -> Model:
    """The model of a motorbike with its rider."""
    rng = np.random.default_rng(vehicle.seed)
    look = _look(vehicle, rng)
    riders = _rider(look, rng, 0.85 if look.pillion else 0.75)
    body = [_front(look), *riders, *_load(look, rng), _tail(look), _wheel(look)]
    plate = plate_panel(
        vehicle.plate,
        y=0.1,
        z=float(rng.uniform(0.42, 0.5)),
        lean=float(rng.uniform(0.01, 0.05)),
        dirt=float(rng.uniform(0, 0.12)),
    )
    return Model(body, _light(look, braking=False), _light(look, braking=True), plate, [(0.0, 0.68)])
