"""Draws what the reader gets wrong, by cause: `python -m detection.training.error_gallery`.

No photograph may be shown, so plates are drawn, set before a plain ground and put through each look of
`detection.training.degradations`; a look under which none is misread has no row. Seeded; one picture.
"""

import argparse
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.geometry import Box
from detection.judgement import PlateReading
from detection.reading import PlateReader, load_plate_reader
from detection.training.degradations import DEGRADATIONS, View, degraded
from detection.training.plates import paint, with_looks
from detection.training.random_plates import random_plate

Image = NDArray[np.uint8]

SEED: Final = 20261124
SHOWN: Final = 5  # of each cause
TRIED: Final = 120
TILE: Final = (240, 130)  # width and height, text included
OUT: Final = Path(__file__).resolve().parents[2] / "docs/pictures/reading-errors.png"


def misread(reader: PlateReader, cause: str) -> list[tuple[Image, str, PlateReading]]:
    """Pictures of plates with what stands on them and what was read instead, accepted ones first."""
    rng = np.random.default_rng(SEED)
    found = []
    for number in range(TRIED):
        plate = with_looks(random_plate(rng), rng)
        front = paint(plate, 96 if plate.lines == 2 else 60)
        height, width = front.shape[:2]
        ground = rng.integers(20, 150, 3).astype(np.uint8)
        scene = np.full((height * 3, width * 3, 3), ground, np.uint8)
        scene[height : 2 * height, width : 2 * width] = front
        whole = View(scene, Box(width, height, 2 * width, 2 * height), plate.lines)
        view = degraded(cause, whole, str(number), SEED)
        reading = reader.read_plates(view.image, [view.box])[0]
        if reading.text != plate.text:
            x1, y1, x2, y2 = (
                view.box.grown(0.1, 0.1).clipped(view.image.shape[1], view.image.shape[0]).as_ints()
            )
            found.append((view.image[y1:y2, x1:x2], plate.text, reading))
    found.sort(key=lambda one: (not one[2].accepted, -one[2].confidence))
    return found


def tile(picture: Image, said: str, reading: PlateReading) -> Image:
    """One misread plate over the truth, the reading and its judgement."""
    wide, tall = TILE
    canvas = np.full((tall, wide, 3), 255, np.uint8)
    scale = min((wide - 8) / picture.shape[1], (tall - 44) / picture.shape[0])
    size = (max(1, int(picture.shape[1] * scale)), max(1, int(picture.shape[0] * scale)))
    canvas[4 : 4 + size[1], 4 : 4 + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)
    judgement = "ACCEPTED" if reading.accepted else str(reading.reason)
    lines = (f"{said} read as {reading.text or '-'}", f"{reading.confidence:.2f} {judgement}")
    for place, line in zip((tall - 24, tall - 8), lines, strict=True):
        cv2.putText(canvas, line, (4, place), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (20, 20, 20), 1, cv2.LINE_AA)
    return canvas


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args().out
    reader = load_plate_reader()
    rows = []
    for cause in DEGRADATIONS:
        found = misread(reader, cause)
        if not found:
            continue
        head = np.full((TILE[1], 150, 3), 255, np.uint8)
        lines = (cause, f"{len(found)} of {TRIED}", "drawn plates", "misread")
        for number, line in enumerate(lines):
            place = (6, 40 + 18 * number)
            cv2.putText(head, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (20, 20, 20), 1, cv2.LINE_AA)
        tiles = [tile(*one) for one in found[:SHOWN]]
        tiles += [np.full((TILE[1], TILE[0], 3), 255, np.uint8)] * (SHOWN - len(tiles))
        rows.append(np.hstack([head, *tiles]))
    cv2.imwrite(str(out), np.vstack(rows))


if __name__ == "__main__":
    main()
