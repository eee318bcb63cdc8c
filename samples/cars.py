"""Cars, seen from behind and above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from samples.model import CHROME, DARK, GLASS, LAMP_AMBER, LAMP_BRAKE, LAMP_RED, PAINTS, RUBBER, Model, quad
from samples.panels import Colour, Image, Panel, Point, Sheet, shade, upright
from samples.plate_panels import plate_panel

if TYPE_CHECKING:
    from samples.traffic import Vehicle

_TAPER = 0.15  # how far the roof's edge stands in from the side


@dataclass(frozen=True, slots=True)
class _Shape:
    """Measures in metres; `belt` is the height of the lower edge of the rear window, `boot` its way ahead."""

    half: float
    height: float
    length: float
    belt: float
    boot: float
    slope: float
    paint: Colour
    plate_z: float
    taxi: bool

    @property
    def wide(self) -> float:
        return 2 * self.half


def _shape(vehicle: Vehicle, rng: np.random.Generator) -> _Shape:
    body, style = vehicle.body, vehicle.body.style % 3
    belt = body.height * (0.64 if style == 0 else 0.6)
    boot, slope = ((0.55, 0.55), (0.12, 0.32), (0.06, 0.2))[style]  # saloon, hatchback, tall estate
    in_bumper = rng.random() < 0.3
    return _Shape(
        half=body.width / 2,
        height=body.height,
        length=body.length,
        belt=belt,
        boot=boot,
        slope=slope,
        paint=shade(PAINTS[vehicle.colour], float(rng.uniform(0.85, 1.12))),
        plate_z=0.42 if in_bumper else belt - 0.34,
        taxi=vehicle.business and vehicle.colour in {"green", "yellow", "white"},
    )


def _flank(shape: _Shape) -> Image:
    """The side below the windows, the rear end on the left."""
    sheet = Sheet((shape.length, shape.belt), 110.0)
    length = shape.length
    outline = [(0.0, 0.3), (length, 0.3), (length, 0.75), (length - 1.2, shape.belt), (0, shape.belt)]
    sheet.polygon(outline, shade(shape.paint, 0.72), round_by=0.08)
    sheet.stroke([(0.2, shape.belt - 0.2), (length - 0.4, shape.belt - 0.25)], 0.02, shade(shape.paint, 0.6))
    for wheel in (0.75, length - 0.85):
        sheet.ellipse((wheel, 0.32), (0.38, 0.37), (22, 22, 22))
        sheet.ellipse((wheel, 0.32), (0.2, 0.2), (115, 115, 115))
    return sheet.finished()


def _greenhouse_side(shape: _Shape) -> Image:
    sheet = Sheet((2.2, 0.6), 110.0)
    sheet.rectangle((0, 0), (2.2, 0.6), shade(shape.paint, 0.75))
    sheet.rectangle((0.1, 0.05), (2.1, 0.5), GLASS, round_by=0.05)
    sheet.rectangle((1.05, 0.05), (1.13, 0.5), DARK)
    return sheet.finished()


def _sides(shape: _Shape) -> list[Panel]:
    flank, window = _flank(shape), _greenhouse_side(shape)
    end, top = 0.72 * shape.length, shape.height - 0.02
    back, crown = shape.boot + shape.slope, 0.6 * shape.length
    panels = []
    for side in (-1, 1):
        x, inner = side * shape.half * 0.985, side * (shape.half - _TAPER)
        foot, belt = ((x, 0.04, 0.0), (x, shape.length, 0.0)), shape.belt
        panels.append(quad(flank, ((x, 0.04, belt), (x, shape.length, belt), foot[1], foot[0])))
        roof = ((inner, back, top), (inner, crown, top))
        panels.append(quad(window, (*roof, (x, end, belt), (x, shape.boot, belt))))
        mirror = Sheet((0.15, 0.13), 160.0)
        mirror.rectangle((0.0, 0.0), (0.15, 0.13), shade(shape.paint, 0.7), round_by=0.04)
        low = (x + (0.0 if side > 0 else -0.15), 0.68 * shape.length, belt - 0.02)
        panels.append(upright(mirror.finished(), low, (0.15, 0.13)))
    return panels


def _tops(shape: _Shape) -> list[Panel]:
    """Bonnet, what shows between the pillars, and the roof."""
    half, inner, length = shape.half * 0.96, shape.half - _TAPER, shape.length
    bonnet, dark = Sheet((1.0, 1.0), 50.0), Sheet((1.0, 1.0), 20.0)
    bonnet.rectangle((0, 0), (1, 1), shade(shape.paint, 1.05), round_by=0.1)
    dark.rectangle((0, 0), (1, 1), shade(GLASS, 0.6))
    roof = Sheet((2 * inner, 2.0), 100.0)
    roof.rectangle((0, 0), (2 * inner, 2.0), shade(shape.paint, 1.04), round_by=0.1)
    roof.rectangle((0.12, 0.1), (2 * inner - 0.12, 1.85), shade(shape.paint, 1.12), round_by=0.1)
    back, crown, top, belt = shape.boot + shape.slope, 0.6 * length, shape.height, shape.belt
    screen = 0.72 * length
    nose = ((-half, length, 0.75), (half, length, 0.75))
    sill = ((half, screen, belt), (-half, screen, belt))
    shelf = ((half, shape.boot, belt), (-half, shape.boot, belt))
    return [
        quad(bonnet.finished(), (*nose, *sill)),
        quad(dark.finished(), (sill[1], sill[0], *shelf)),
        quad(
            roof.finished(),
            ((-inner, crown, top), (inner, crown, top), (inner, back, top), (-inner, back, top)),
        ),
    ]


def _window(shape: _Shape, rng: np.random.Generator) -> list[Panel]:
    wide, rise = shape.wide, shape.height - shape.belt
    sheet = Sheet((wide, rise))
    sheet.polygon(
        [(0.01, 0), (wide - 0.01, 0), (wide - _TAPER, rise), (_TAPER, rise)], shade(shape.paint, 0.95)
    )
    glass = [(0.14, 0.06), (wide - 0.14, 0.06), (wide - 0.26, rise - 0.09), (0.26, rise - 0.09)]
    sheet.polygon(glass, GLASS, round_by=0.05)
    left, right = sorted(rng.uniform(0.3, wide - 0.3, 2).tolist())
    sky = [(left, rise - 0.11), (right, rise - 0.11), (right * 0.85, 0.3 * rise), (left * 0.9, 0.3 * rise)]
    sheet.polygon(sky, shade(GLASS, float(rng.uniform(1.1, 2.2))), round_by=0.05)
    for x in (0.5, shape.half, wide - 0.5):
        sheet.rectangle((x - 0.12, 0.06), (x + 0.12, 0.19), shade(GLASS, 0.6), round_by=0.05)
    if shape.boot < 0.3:
        sheet.stroke([(shape.half - 0.3, 0.08), (shape.half + 0.12, 0.15)], 0.02, DARK)
    if rng.random() < 0.5:
        sheet.rectangle((0.32, rise - 0.2), (0.44, rise - 0.12), (190, 205, 215))
    sheet.shine(bottom=0.9)
    panels = [
        upright(sheet.finished(), (-shape.half, shape.boot, shape.belt), (wide, rise), lean=shape.slope)
    ]
    if shape.boot > 0.03:
        lid = Sheet((wide, shape.boot), 120.0)
        lid.rectangle((0, 0), (wide, shape.boot), shade(shape.paint, 1.12), round_by=0.06)
        x, y, z = shape.half, shape.boot, shape.belt
        corners = ((-x, y, z), (x, y, z), (x, 0.0, z - 0.02), (-x, 0.0, z - 0.02))
        panels.append(quad(lid.finished(), corners))
    return panels


def _lamp_outlines(style: int, belt: float) -> tuple[list[Point], list[Point], Colour]:
    """Outline of the left red lamp and of the smaller field in it, with the field's colour."""
    clear: Colour = (200, 205, 225)
    if style == 0:
        red = [(0.03, belt - 0.32), (0.36, belt - 0.28), (0.4, belt - 0.12), (0.05, belt - 0.1)]
        return red, [(0.22, belt - 0.27), (0.36, belt - 0.25), (0.38, belt - 0.19), (0.22, belt - 0.2)], clear
    if style == 1:
        red = [(0.03, belt - 0.4), (0.24, belt - 0.38), (0.26, belt - 0.04), (0.06, belt - 0.02)]
        return (
            red,
            [(0.07, belt - 0.28), (0.2, belt - 0.27), (0.2, belt - 0.2), (0.07, belt - 0.2)],
            LAMP_AMBER,
        )
    red = [(0.02, belt - 0.3), (0.16, belt - 0.3), (0.17, belt), (0.05, belt)]
    return (
        red,
        [(0.05, belt - 0.42), (0.16, belt - 0.42), (0.16, belt - 0.31), (0.05, belt - 0.31)],
        LAMP_AMBER,
    )


def _lamps(shape: _Shape, style: int, *, braking: bool) -> Panel:
    red, field, colour = _lamp_outlines(style, shape.belt)
    sheet = Sheet((shape.wide, shape.belt))
    for flip in (False, True):
        for outline, fill in ((red, LAMP_BRAKE if braking else LAMP_RED), (field, colour)):
            points = [(shape.wide - x, z) if flip else (x, z) for x, z in outline]
            sheet.polygon(points, fill, round_by=0.03)
            if fill is not colour:
                middle = (sum(x for x, _ in points) / 4, sum(z for _, z in points) / 4)
                sheet.ellipse(middle, (0.05, 0.04), shade(fill, 1.35))
    return upright(sheet.finished(), (-shape.half, -0.005, 0.0), (shape.wide, shape.belt), lit=0.85)


def _rear(shape: _Shape, vehicle: Vehicle) -> Panel:
    wide, belt, paint = shape.wide, shape.belt, shape.paint
    sheet = Sheet((wide, belt))
    for side in (0.12, wide - 0.36):
        sheet.rectangle((side, 0.0), (side + 0.24, 0.4), RUBBER, round_by=0.03)
    sheet.rectangle((0.3, 0.14), (wide - 0.3, 0.4), (16, 16, 16))
    outline = [(0.03, 0.28), (wide - 0.03, 0.28), (wide, 0.6), (wide - 0.03, belt), (0.03, belt), (0, 0.6)]
    sheet.polygon(outline, paint, round_by=0.07)
    sheet.polygon([(0.16, 0.2), (wide - 0.16, 0.2), (wide - 0.1, 0.36), (0.1, 0.36)], DARK, round_by=0.05)
    sheet.stroke([(0.06, 0.56), (wide - 0.06, 0.56)], 0.012, shade(paint, 0.55))
    for side in (0.32, wide - 0.32):
        sheet.stroke([(side, 0.56), (side, belt - 0.02)], 0.01, shade(paint, 0.6))
    reach, z = vehicle.plate.size_mm[0] / 2000 + 0.06, shape.plate_z
    top = z + vehicle.plate.size_mm[1] / 1000 + 0.05
    sheet.rectangle((wide / 2 - reach, z - 0.04), (wide / 2 + reach, top), shade(paint, 0.7), round_by=0.03)
    sheet.ellipse((wide / 2, belt - 0.07), (0.05, 0.035), CHROME)
    sheet.rectangle((wide - 0.56, 0.585), (wide - 0.38, 0.61), CHROME)
    sheet.shine(top=1.12, bottom=0.72, side=0.85)
    for x in (0.14, wide - 0.26):
        sheet.rectangle((x, 0.36), (x + 0.12, 0.4), shade(LAMP_RED, 0.8))
    sheet.stroke([(0.4, 0.18), (0.48, 0.18)], 0.05, (120, 120, 122))
    return upright(sheet.finished(), (-shape.half, 0.0, 0.0), (wide, belt))


def _taxi_sign(shape: _Shape) -> Panel:
    sign = Sheet((0.4, 0.16))
    sign.rectangle((0, 0), (0.4, 0.15), (210, 230, 235), round_by=0.03)
    sign.rectangle((0.08, 0.05), (0.32, 0.1), (60, 60, 170))
    return upright(
        sign.finished(), (-0.2, shape.boot + shape.slope + 0.9, shape.height), (0.4, 0.16), lit=0.7
    )


def car(vehicle: Vehicle) -> Model:
    """A saloon, hatchback or tall estate."""
    rng = np.random.default_rng(vehicle.seed)
    shape = _shape(vehicle, rng)
    body = [*_tops(shape)[:2], *_sides(shape), _tops(shape)[2], *_window(shape, rng), _rear(shape, vehicle)]
    if shape.taxi:
        body.insert(-2, _taxi_sign(shape))
    plate = plate_panel(vehicle.plate, y=-0.015, z=shape.plate_z, dirt=float(rng.uniform(0, 0.1)))
    style = vehicle.body.style // 3 % 3
    lamps = [(side * (shape.half - 0.15), shape.belt - 0.2) for side in (-1, 1)]
    return Model(body, _lamps(shape, style, braking=False), _lamps(shape, style, braking=True), plate, lamps)
