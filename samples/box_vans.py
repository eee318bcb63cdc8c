"""Light trucks with a box, and minibuses, seen from behind and above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from samples.model import CHROME, GLASS, LAMP_AMBER, LAMP_BRAKE, LAMP_RED, PAINTS, RUBBER, Model, quad
from samples.panels import Colour, Panel, Sheet, shade, upright
from samples.plate_panels import plate_panel

if TYPE_CHECKING:
    from samples.traffic import Vehicle


def _hull(vehicle: Vehicle, paint: Colour) -> list[Panel]:
    """Both sides and the roof."""
    body = vehicle.body
    floor = 0.55 if vehicle.kind == "truck" else 0.35
    sheet, roof = Sheet((body.length, body.height), 90.0), Sheet((1.0, 1.0), 40.0)
    sheet.rectangle((0, floor), (body.length, body.height), shade(paint, 0.72), round_by=0.05)
    if vehicle.kind == "bus":
        sheet.rectangle(
            (0.2, body.height * 0.55), (body.length - 0.3, body.height - 0.35), GLASS, round_by=0.05
        )
    for wheel in (1.0, body.length - 0.9):
        sheet.ellipse((wheel, 0.36), (0.38, 0.38), (24, 24, 24))
    roof.rectangle((0, 0), (1, 1), shade(paint, 1.1))
    picture, half, top = sheet.finished(), body.width / 2 - 0.02, body.height - 0.01
    end = body.length - (1.6 if vehicle.kind == "truck" else 0.3)
    sides = [
        quad(picture, ((x, 0.02, top), (x, body.length, top), (x, body.length, 0.0), (x, 0.02, 0.0)))
        for x in (-half, half)
    ]
    return [
        *sides,
        quad(roof.finished(), ((-half, end, top), (half, end, top), (half, 0.0, top), (-half, 0.0, top))),
    ]


def _truck_rear(sheet: Sheet, vehicle: Vehicle, paint: Colour) -> None:
    wide, tall = vehicle.body.width, vehicle.body.height
    sheet.rectangle((0.02, 0.85), (wide - 0.02, tall), shade(paint, 0.9), round_by=0.03)
    for x in (0.07, wide / 2 + 0.02):
        sheet.rectangle((x, 0.92), (x + wide / 2 - 0.09, tall - 0.08), paint, round_by=0.02)
    for x in (wide / 2 - 0.12, wide / 2 + 0.12):
        sheet.stroke([(x, 0.92), (x, tall - 0.1)], 0.025, CHROME)
    for z in (1.1, tall - 0.4):
        for x in (0.05, wide - 0.12):
            sheet.rectangle((x, z), (x + 0.07, z + 0.12), shade(CHROME, 0.7))
    sheet.rectangle((0.05, 0.55), (wide - 0.05, 0.85), (52, 50, 50))


def _bus_rear(sheet: Sheet, vehicle: Vehicle, paint: Colour) -> None:
    wide, tall = vehicle.body.width, vehicle.body.height
    sheet.rectangle((0.02, 0.35), (wide - 0.02, tall), paint, round_by=0.12)
    for x in (0.18, wide / 2 + 0.03):
        sheet.rectangle((x, tall * 0.54), (x + wide / 2 - 0.21, tall - 0.3), GLASS, round_by=0.06)
        shine = [
            (x + 0.1, tall - 0.34),
            (x + 0.5, tall - 0.34),
            (x + 0.3, tall * 0.58),
            (x + 0.05, tall * 0.58),
        ]
        sheet.polygon(shine, shade(GLASS, 1.6))
    sheet.stroke([(wide / 2, 0.4), (wide / 2, tall - 0.1)], 0.014, shade(paint, 0.5))
    sheet.rectangle((0.03, 0.32), (wide - 0.03, 0.58), shade(paint, 0.6), round_by=0.04)


def _rear(vehicle: Vehicle, paint: Colour) -> Panel:
    wide, tall = vehicle.body.width, vehicle.body.height
    sheet = Sheet((wide, tall))
    for side in (0.1, wide - 0.42):
        sheet.rectangle((side, 0.0), (side + 0.32, 0.7), RUBBER, round_by=0.04)
    sheet.rectangle((0.4, 0.3), (wide - 0.4, 0.6), (20, 20, 20))
    (_truck_rear if vehicle.kind == "truck" else _bus_rear)(sheet, vehicle, paint)
    sheet.shine(top=1.1, bottom=0.78, side=0.9)
    return upright(sheet.finished(), (-wide / 2, 0.0, 0.0), (wide, tall))


def _lamps(vehicle: Vehicle, *, braking: bool) -> Panel:
    wide = vehicle.body.width
    sheet = Sheet((wide, 0.2))
    for edge, inward in ((0.1, 1), (wide - 0.1, -1)):
        for index, colour in enumerate(
            (LAMP_BRAKE if braking else LAMP_RED, LAMP_AMBER, (200.0, 205.0, 215.0))
        ):
            ends = (edge + inward * index * 0.11, edge + inward * (index * 0.11 + 0.1))
            sheet.rectangle((min(ends), 0.04), (max(ends), 0.16), colour, round_by=0.02)
    return upright(sheet.finished(), (-wide / 2, -0.01, 0.58), (wide, 0.2), lit=0.85)


def box_van(vehicle: Vehicle) -> Model:
    """A light truck or a minibus."""
    rng = np.random.default_rng(vehicle.seed)
    paint = shade(PAINTS[vehicle.colour], float(rng.uniform(0.85, 1.1)))
    height = 0.6 if vehicle.kind == "truck" else 0.78
    plate = plate_panel(vehicle.plate, y=-0.02, z=height, dirt=float(rng.uniform(0, 0.15)))
    body = [*_hull(vehicle, paint), _rear(vehicle, paint)]
    lamps = [(side * (vehicle.body.width / 2 - 0.15), 0.68) for side in (-1, 1)]
    return Model(body, _lamps(vehicle, braking=False), _lamps(vehicle, braking=True), plate, lamps)
