"""Houses, trees and street furniture behind the junction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from samples.optics import Points
from samples.panels import Colour, Image, Panel, Sheet, shade, upright

if TYPE_CHECKING:
    from samples.junction import Site

Placed = tuple[Panel, Points]


def kerbs(site: Site) -> tuple[float, float]:
    """X of the left and the right kerb."""
    return (site.left - (6.5 if site.two_way else 0.35), site.right + 0.12)


def backdrop(site: Site, rng: np.random.Generator) -> list[Placed]:
    """What stands behind the junction, the farthest first."""
    return _houses(site, rng) + _trees(site, rng)


def _facade(rng: np.random.Generator, width: float) -> Image:
    """A tube house: shop below, shutters, a sign, windows above."""
    walls: tuple[Colour, ...] = (
        (190, 205, 215),
        (150, 190, 205),
        (200, 200, 180),
        (160, 175, 160),
        (140, 160, 200),
        (185, 185, 190),
    )
    signs: tuple[Colour, ...] = ((40, 40, 170), (150, 70, 20), (60, 130, 40), (30, 150, 220), (110, 40, 110))
    sheet = Sheet((width, 7.0), 40.0)
    wall = walls[rng.integers(len(walls))]
    sheet.rectangle((0, 0), (width, 7.0), wall)
    sheet.rectangle((0.2, 0.05), (width - 0.2, 2.7), shade(wall, rng.uniform(0.25, 0.5)))
    if rng.random() < 0.5:
        for z in np.arange(0.1, 2.7, 0.12):
            sheet.rectangle((0.25, z), (width - 0.25, z + 0.08), (140, 142, 146))
    else:
        for _ in range(14):
            x, z = rng.uniform(0.3, width - 0.8), rng.uniform(0.05, 2.0)
            colour = tuple(float(c) for c in rng.uniform(20, 190, 3))
            sheet.rectangle(
                (x, z),
                (x + rng.uniform(0.15, 0.6), z + rng.uniform(0.15, 0.6)),
                (colour[0], colour[1], colour[2]),
            )
    sheet.rectangle((0.05, 2.75), (width - 0.05, 3.5), signs[rng.integers(len(signs))])
    for x in np.arange(0.5, width - 0.6, 0.35):
        sheet.rectangle((x, 2.95), (x + rng.uniform(0.1, 0.25), 3.28), (230, 235, 238))
    for x in (0.5, width / 2 + 0.2):
        sheet.rectangle((x, 4.1), (x + width / 2 - 0.8, 6.0), (90, 80, 70))
    sheet.texture(rng, 0.1)
    return sheet.finished()


def _houses(site: Site, rng: np.random.Generator) -> list[Placed]:
    west, east = kerbs(site)
    far = Sheet((60.0, 12.0), 8.0)
    far.rectangle((0, 0), (60, 12), (118, 132, 122))
    far.texture(rng, 0.25)
    panels = [(upright(far.finished(), (-30.0, 0.0, 0.0), (60.0, 12.0)), np.array([0.0, 78.0, 0.0]))]
    for start, turn in ((east + 2.6, 1), (west - 2.6, -1)):
        y = 72.0
        while y > site.far + 3:  # houses along the street beyond
            depth = float(rng.uniform(4.0, 6.0))
            edge = max(site.far + 2.2, y - depth)
            corners = np.array([[start, y, 7.0], [start, edge, 7.0], [start, edge, 0.0], [start, y, 0.0]])
            picture = (_facade(rng, 4.5) * 0.85).astype(np.uint8)
            picture[..., 3] = 255
            panels.append((Panel(picture, corners), np.zeros(3)))
            y -= depth
        x = start
        for _ in range(4):  # houses that face the street which crosses
            width = float(rng.uniform(3.8, 5.5))
            low = x if turn > 0 else x - width
            panels.append(
                (
                    upright(_facade(rng, width), (low, 0.0, 0.0), (width, 7.0)),
                    np.array([0.0, site.far + 2.2, 0.0]),
                )
            )
            x += turn * width
    return panels


def _tree(rng: np.random.Generator) -> Panel:
    sheet = Sheet((4.0, 7.0), 60.0)
    sheet.polygon([(1.85, 0), (2.15, 0), (2.1, 4.0), (1.9, 4.0)], (62, 76, 88))
    sheet.rectangle((1.84, 0.0), (2.16, 1.0), (200, 205, 205))  # whitewashed foot, as city trees have
    sheet.rectangle((1.84, 0.9), (2.16, 1.0), (70, 70, 150))
    for _ in range(70):
        x, z = rng.normal(2.0, 0.6), rng.normal(5.0, 0.7)
        green = shade((44, 100, 62), rng.uniform(0.5, 1.3))
        sheet.ellipse((float(np.clip(x, 0.4, 3.6)), float(np.clip(z, 3.6, 6.5))), (0.4, 0.3), green)
    sheet.texture(rng, 0.15)
    return upright(sheet.finished(), (-2.0, 0.0, 0.0), (4.0, 7.0))


def _furniture(rng: np.random.Generator) -> Panel:
    """Planters, stools, boxes and electricity cabinets on the pavement."""
    sheet = Sheet((0.8, 1.2), 120.0)
    kind = rng.integers(3)
    if kind == 0:
        sheet.polygon([(0.15, 0), (0.65, 0), (0.75, 0.45), (0.05, 0.45)], (90, 110, 150))
        for _ in range(25):
            centre = (float(rng.uniform(0.15, 0.65)), float(rng.uniform(0.45, 0.95)))
            sheet.ellipse(centre, (0.1, 0.08), shade((50, 110, 60), rng.uniform(0.6, 1.3)))
    elif kind == 1:
        colour: Colour = ((40, 40, 180), (170, 90, 30))[rng.integers(2)]
        sheet.polygon([(0.2, 0), (0.6, 0), (0.55, 0.4), (0.25, 0.4)], colour, round_by=0.03)
    else:
        sheet.rectangle((0.15, 0), (0.65, 1.1), (130, 140, 130), round_by=0.03)
        sheet.rectangle((0.2, 0.1), (0.6, 1.0), (118, 128, 118))
    sheet.shine()
    return upright(sheet.finished(), (-0.4, 0.0, 0.0), (0.8, 1.2))


def _trees(site: Site, rng: np.random.Generator) -> list[Placed]:
    west, east = kerbs(site)
    things: list[Placed] = []
    for x, side in ((east + 0.9, 1), (west - 0.9, -1)):
        rows = np.arange(site.far + 3, 60, rng.uniform(6, 9)).tolist()
        things.extend((_tree(rng), np.array([x + side * 0.3, y, 0.0])) for y in rows)
        for _ in range(5):
            y = float(rng.uniform(site.far + 1, site.far + 14))
            things.append((_furniture(rng), np.array([x + side * rng.uniform(0, 1.2), y, 0.0])))
    return sorted(things, key=lambda thing: -float(thing[1][1]))
