"""Cars, light trucks and minibuses, seen from behind and above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.model import CHROME, DARK, LAMP_AMBER, LAMP_BRAKE, LAMP_RED, PAINTS, RUBBER, Model
from samples.panels import Colour, Image, Panel, Sheet, shade, upright
from samples.plate_panels import plate_panel
from samples.traffic import Vehicle

_GLASS: Colour = (58, 50, 42)


@dataclass(frozen=True)
class _Shape:
    """Measures in metres; `belt` is the height of the lower edge of the rear window, `boot` its way ahead."""

    width: float
    height: float
    length: float
    belt: float
    boot: float
    slope: float
    paint: Colour
    plate_z: float
    taxi: bool


def _shape(vehicle: Vehicle, rng: np.random.Generator) -> _Shape:
    body, style = vehicle.body, vehicle.body.style % 3
    belt = body.height * (0.64 if style == 0 else 0.6)
    boot, slope = ((0.55, 0.55), (0.12, 0.32), (0.06, 0.2))[style]
    low = rng.random() < 0.3
    return _Shape(
        body.width, body.height, body.length, belt, boot, slope, PAINTS[vehicle.colour],
        0.42 if low else belt - 0.34, vehicle.business and vehicle.colour in {"green", "yellow", "white"},
    )  # fmt: skip


def _flat(corners: list[tuple[float, float, float]], picture: Image) -> Panel:
    return Panel(picture, np.array(corners))


def _plain(colour: Colour, size: tuple[float, float]) -> Image:
    sheet = Sheet(size, 60.0)
    sheet.rectangle((0, 0), size, colour)
    return sheet.finished()


def _side_picture(shape: _Shape) -> Image:
    """A side, the rear end on the left."""
    sheet = Sheet((shape.length, shape.height), 120.0)
    belt, length = shape.belt, shape.length
    roof = shape.boot + shape.slope
    sheet.polygon(
        [(0.0, 0.3), (length, 0.3), (length, belt * 0.8), (length * 0.75, belt), (length * 0.6, shape.height - 0.03), (roof, shape.height - 0.03), (shape.boot, belt), (0, belt)],
        shade(shape.paint, 0.72), round_by=0.1,
    )  # fmt: skip
    sheet.polygon(
        [
            (shape.boot + 0.2, belt),
            (length * 0.7, belt),
            (length * 0.58, shape.height - 0.12),
            (roof + 0.08, shape.height - 0.12),
        ],
        _GLASS,
    )
    for wheel in (0.75, length - 0.85):
        sheet.ellipse((wheel, 0.32), (0.37, 0.37), (24, 24, 24))
        sheet.ellipse((wheel, 0.32), (0.22, 0.22), (110, 110, 110))
    return sheet.finished()


def _sides(shape: _Shape) -> list[Panel]:
    picture, half = _side_picture(shape), shape.width / 2 - 0.02
    return [
        _flat(
            [(x, 0.05, shape.height), (x, shape.length, shape.height), (x, shape.length, 0), (x, 0.05, 0)],
            picture,
        )
        for x in (-half, half)
    ]


def _roof(shape: _Shape) -> list[Panel]:
    half, start = shape.width / 2 - 0.12, shape.boot + shape.slope
    end = min(shape.length - 1.6, start + 2.2)
    top = Sheet((2 * half, end - start), 100.0)
    top.rectangle((0, 0), (2 * half, end - start), shade(shape.paint, 1.08), round_by=0.12)
    top.rectangle((0.1, 0.05), (2 * half - 0.1, end - start - 0.2), shade(shape.paint, 1.14), round_by=0.1)
    z = shape.height
    panels = [
        _flat(
            [(-half, end, z), (half, end, z), (half, start, z - 0.02), (-half, start, z - 0.02)],
            top.finished(),
        )
    ]
    bonnet = _plain(shade(shape.paint, 1.05), (1.0, 1.0))
    front = shape.length
    panels.insert(
        0,
        _flat(
            [(-half, front, 0.85), (half, front, 0.85), (half, front - 1.3, 1.0), (-half, front - 1.3, 1.0)],
            bonnet,
        ),
    )
    return panels


def _window(shape: _Shape, rng: np.random.Generator) -> list[Panel]:
    half, rise = shape.width / 2 - 0.05, shape.height - shape.belt
    sheet = Sheet((2 * half, rise))
    sheet.polygon(
        [(0, 0), (2 * half, 0), (2 * half - 0.14, rise), (0.14, rise)],
        shade(shape.paint, 0.95),
        round_by=0.06,
    )
    glass = [(0.13, 0.06), (2 * half - 0.13, 0.06), (2 * half - 0.24, rise - 0.09), (0.24, rise - 0.09)]
    sheet.polygon(glass, _GLASS, round_by=0.05)
    sky = float(rng.uniform(1.2, 2.2))
    sheet.polygon(
        [(0.3, rise - 0.12), (half, rise - 0.12), (half * 0.8, 0.3 * rise), (0.25, 0.3 * rise)],
        shade(_GLASS, sky),
        round_by=0.05,
    )
    for x in (0.5, 1.0, 1.5):
        if x < 2 * half - 0.3:
            sheet.rectangle((x - 0.11, 0.06), (x + 0.11, 0.2), shade(_GLASS, 0.6), round_by=0.04)
    sheet.stroke([(half - 0.3, 0.08), (half + 0.1, 0.16)], 0.02, DARK)
    sheet.shine(bottom=0.9)
    y = shape.boot
    panels = [upright(sheet.finished(), (-half, y, shape.belt), (2 * half, rise), lean=shape.slope)]
    if shape.boot > 0.2:
        lid = Sheet((2 * half, shape.boot), 120.0)
        lid.rectangle((0, 0), (2 * half, shape.boot), shade(shape.paint, 1.12), round_by=0.05)
        z = shape.belt
        panels.append(
            _flat(
                [(-half, y, z), (half, y, z), (half, 0.0, z - 0.02), (-half, 0.0, z - 0.02)], lid.finished()
            )
        )
    return panels


def _lamps(sheet: Sheet, shape: _Shape, style: int, *, braking: bool) -> None:
    glow, belt, wide = LAMP_BRAKE if braking else LAMP_RED, shape.belt, shape.width
    for side in (0, 1):

        def at(x: float, *, flip: int = side) -> float:
            return x if flip == 0 else wide - x

        if style == 0:
            sheet.polygon(
                [
                    (at(0.03), belt - 0.32),
                    (at(0.36), belt - 0.28),
                    (at(0.4), belt - 0.12),
                    (at(0.05), belt - 0.1),
                ],
                glow,
                round_by=0.04,
            )
            sheet.polygon(
                [
                    (at(0.22), belt - 0.27),
                    (at(0.36), belt - 0.25),
                    (at(0.38), belt - 0.19),
                    (at(0.22), belt - 0.2),
                ],
                (200, 205, 225),
                round_by=0.02,
            )
        elif style == 1:
            sheet.polygon(
                [
                    (at(0.03), belt - 0.4),
                    (at(0.24), belt - 0.38),
                    (at(0.26), belt - 0.04),
                    (at(0.06), belt - 0.02),
                ],
                glow,
                round_by=0.05,
            )
            sheet.polygon(
                [
                    (at(0.07), belt - 0.28),
                    (at(0.2), belt - 0.27),
                    (at(0.2), belt - 0.2),
                    (at(0.07), belt - 0.2),
                ],
                LAMP_AMBER,
                round_by=0.02,
            )
        else:
            sheet.polygon(
                [(at(0.02), belt - 0.3), (at(0.16), belt - 0.3), (at(0.17), belt + 0.0), (at(0.05), belt)],
                glow,
                round_by=0.03,
            )
            sheet.rectangle(
                (min(at(0.05), at(0.16)), belt - 0.42),
                (max(at(0.05), at(0.16)), belt - 0.31),
                LAMP_AMBER,
                round_by=0.02,
            )


def _rear(shape: _Shape, vehicle: Vehicle, *, braking: bool) -> list[Panel]:
    wide, belt = shape.width, shape.belt
    style = vehicle.body.style // 3 % 3
    sheet = Sheet((wide, belt))
    for side in (0.12, wide - 0.36):
        sheet.rectangle((side, 0.0), (side + 0.24, 0.4), RUBBER, round_by=0.03)
    sheet.rectangle((0.3, 0.14), (wide - 0.3, 0.4), (16, 16, 16))
    sheet.polygon(
        [(0.03, 0.28), (wide - 0.03, 0.28), (wide, 0.6), (wide - 0.04, belt), (0.04, belt), (0, 0.6)],
        shape.paint,
        round_by=0.09,
    )
    sheet.polygon([(0.16, 0.2), (wide - 0.16, 0.2), (wide - 0.1, 0.36), (0.1, 0.36)], DARK, round_by=0.05)
    sheet.stroke([(0.06, 0.56), (wide - 0.06, 0.56)], 0.012, shade(shape.paint, 0.55))
    sheet.stroke([(0.3, 0.56), (0.34, belt - 0.02)], 0.01, shade(shape.paint, 0.6))
    sheet.stroke([(wide - 0.3, 0.56), (wide - 0.34, belt - 0.02)], 0.01, shade(shape.paint, 0.6))
    plate_w = vehicle.plate.size_mm[0] / 2000 + 0.06
    recess = shade(shape.paint, 0.7)
    z = shape.plate_z
    sheet.rectangle(
        (wide / 2 - plate_w, z - 0.04),
        (wide / 2 + plate_w, z + vehicle.plate.size_mm[1] / 1000 + 0.05),
        recess,
        round_by=0.03,
    )
    sheet.ellipse((wide / 2, belt - 0.07), (0.05, 0.035), CHROME)
    sheet.rectangle((wide - 0.55, 0.58), (wide - 0.36, 0.61), CHROME)
    sheet.shine(top=1.12, bottom=0.72, side=0.85)
    _lamps(sheet, shape, style, braking=braking)
    for x in (0.14, wide - 0.26):
        sheet.rectangle((x, 0.36), (x + 0.12, 0.4), shade(LAMP_RED, 0.8))
    sheet.stroke([(0.4, 0.18), (0.48, 0.18)], 0.05, (120, 120, 122))
    return [upright(sheet.finished(), (-wide / 2, 0.0, 0.0), (wide, belt))]


def _taxi_sign(shape: _Shape) -> list[Panel]:
    sign = Sheet((0.4, 0.16))
    sign.rectangle((0, 0), (0.4, 0.15), (210, 230, 235), round_by=0.03)
    sign.rectangle((0.08, 0.05), (0.32, 0.1), (60, 60, 170))
    return [upright(sign.finished(), (-0.2, shape.boot + shape.slope + 0.9, shape.height), (0.4, 0.16))]


def car(vehicle: Vehicle) -> Model:
    """A saloon, hatchback or estate."""
    rng = np.random.default_rng(vehicle.seed)
    shape = _shape(vehicle, rng)
    body = [*_sides(shape), *_roof(shape), *(_taxi_sign(shape) if shape.taxi else []), *_window(shape, rng)]
    plate = plate_panel(vehicle.plate, y=-0.015, z=shape.plate_z, dirt=float(rng.uniform(0, 0.1)))
    calm, braking = ([*body, *_rear(shape, vehicle, braking=on), plate] for on in (False, True))
    lamps = [(side * (shape.width / 2 - 0.15), shape.belt - 0.2) for side in (-1, 1)]
    return Model(calm, braking, len(calm) - 1, lamps)


def _box_sides(vehicle: Vehicle, paint: Colour, floor: float) -> list[Panel]:
    body = vehicle.body
    sheet = Sheet((body.length, body.height), 90.0)
    sheet.rectangle((0, floor), (body.length, body.height), shade(paint, 0.72), round_by=0.05)
    if vehicle.kind == "bus":
        sheet.rectangle(
            (0.2, body.height * 0.55), (body.length - 0.3, body.height - 0.35), _GLASS, round_by=0.05
        )
    for wheel in (1.0, body.length - 0.9):
        sheet.ellipse((wheel, 0.36), (0.38, 0.38), (24, 24, 24))
    picture, half = sheet.finished(), body.width / 2 - 0.02
    panels = [
        _flat(
            [(x, 0.02, body.height), (x, body.length, body.height), (x, body.length, 0), (x, 0.02, 0)],
            picture,
        )
        for x in (-half, half)
    ]
    top, z = _plain(shade(paint, 1.1), (1.0, 1.0)), body.height - 0.01
    end = body.length - (1.6 if vehicle.kind == "truck" else 0.3)
    return [*panels, _flat([(-half, end, z), (half, end, z), (half, 0, z), (-half, 0, z)], top)]


def _truck_rear(sheet: Sheet, vehicle: Vehicle, paint: Colour) -> None:
    body = vehicle.body
    wide, tall = body.width, body.height
    box = paint if vehicle.body.style % 2 else (200, 204, 205)
    sheet.rectangle((0.02, 0.85), (wide - 0.02, tall), shade(box, 0.9), round_by=0.03)
    for x in (0.07, wide / 2 + 0.02):
        sheet.rectangle((x, 0.92), (x + wide / 2 - 0.09, tall - 0.08), box, round_by=0.02)
    for x in (wide / 2 - 0.12, wide / 2 + 0.12):
        sheet.stroke([(x, 0.92), (x, tall - 0.1)], 0.025, CHROME)
    sheet.rectangle((0.05, 0.55), (wide - 0.05, 0.85), (52, 50, 50))


def _bus_rear(sheet: Sheet, vehicle: Vehicle, paint: Colour) -> None:
    wide, tall = vehicle.body.width, vehicle.body.height
    sheet.rectangle((0.02, 0.35), (wide - 0.02, tall), paint, round_by=0.12)
    for x in (0.18, wide / 2 + 0.03):
        sheet.rectangle((x, tall * 0.54), (x + wide / 2 - 0.21, tall - 0.3), _GLASS, round_by=0.06)
        sheet.polygon(
            [(x + 0.1, tall - 0.34), (x + 0.5, tall - 0.34), (x + 0.3, tall * 0.58), (x + 0.05, tall * 0.58)],
            shade(_GLASS, 1.6),
        )
    sheet.stroke([(wide / 2, 0.4), (wide / 2, tall - 0.1)], 0.014, shade(paint, 0.5))
    sheet.rectangle((0.03, 0.32), (wide - 0.03, 0.58), shade(paint, 0.6), round_by=0.04)


def _box_rear(vehicle: Vehicle, paint: Colour, *, braking: bool) -> Panel:
    wide, tall = vehicle.body.width, vehicle.body.height
    sheet = Sheet((wide, tall))
    for side in (0.1, wide - 0.42):
        sheet.rectangle((side, 0.0), (side + 0.32, 0.7), RUBBER, round_by=0.04)
    sheet.rectangle((0.4, 0.3), (wide - 0.4, 0.6), (20, 20, 20))
    (_truck_rear if vehicle.kind == "truck" else _bus_rear)(sheet, vehicle, paint)
    sheet.shine(top=1.1, bottom=0.78, side=0.9)
    glow, z = LAMP_BRAKE if braking else LAMP_RED, 0.62
    for x, flip in ((0.1, 1), (wide - 0.1, -1)):
        for i, colour in enumerate((glow, LAMP_AMBER, (200, 205, 215))):
            a, b = x + flip * i * 0.11, x + flip * (i * 0.11 + 0.1)
            sheet.rectangle((min(a, b), z), (max(a, b), z + 0.12), colour, round_by=0.02)
    return upright(sheet.finished(), (-wide / 2, 0.0, 0.0), (wide, tall))


def box_van(vehicle: Vehicle) -> Model:
    """A light truck with a box, or a minibus."""
    rng = np.random.default_rng(vehicle.seed)
    paint = PAINTS[vehicle.colour]
    floor = 0.55 if vehicle.kind == "truck" else 0.35
    sides = _box_sides(vehicle, paint, floor)
    plate = plate_panel(
        vehicle.plate, y=-0.02, z=0.6 if vehicle.kind == "truck" else 0.78, dirt=float(rng.uniform(0, 0.15))
    )
    calm, braking = ([*sides, _box_rear(vehicle, paint, braking=on), plate] for on in (False, True))
    lamps = [(side * (vehicle.body.width / 2 - 0.15), 0.68) for side in (-1, 1)]
    return Model(calm, braking, len(calm) - 1, lamps)
