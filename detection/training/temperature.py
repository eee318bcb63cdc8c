"""How much the reader overstates itself: `python -m detection.training.temperature`.

One number divides all its scores before they become probabilities (temperature scaling, Guo et al., ICML
2017). It is the one under which the true texts of the training side's own validation plates, as they are and
through every look of `detection.training.degradations`, are likeliest on the whole. No place held aside is
looked at. The last line is JSON; its `best` belongs into `detection.reader.TEMPERATURE`.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from detection import ctc
from detection.decoding import ALPHABET
from detection.geometry import Box
from detection.images import load_image
from detection.reader import TEMPERATURE, Reader, Scores
from detection.reading import cuts_of
from detection.training.degradations import DEGRADATIONS, View, degraded
from detection.training.photos import DEFAULT_ROOT, photographs, training_crops
from detection.training.reader_data import is_validation, with_break
from detection.training.reader_measure import with_progress

SEED: Final = 20261124
TRIED: Final = tuple(round(0.5 + 0.1 * step, 1) for step in range(26))
# One text that nobody can read must not outweigh a hundred: beyond this it counts no more.
MOST_DOUBT: Final = 10.0


def validation_views(root: Path) -> Iterator[tuple[View, str]]:
    """Every validation plate with its text, row break included, clean and through every look."""
    plates: list[tuple[Path, Box | None, str, int, str]] = [
        (photo.path, plate.box, plate.text, plate.lines, plate.vehicle)
        for photo in photographs(root, side="training")
        for plate in photo.plates
    ]
    plates += [(crop.path, None, crop.text, crop.lines, crop.vehicle or "") for crop in training_crops(root)]
    for path, box, plain, lines, vehicle in with_progress(plates, "plates"):
        if not plain or not is_validation(plain):
            continue
        text = with_break(plain, lines, vehicle or None)
        if text is None:
            continue
        image = load_image(path)
        clean = View(image, box or Box(0, 0, image.shape[1], image.shape[0]), lines)
        yield clean, text
        for name in DEGRADATIONS:
            yield degraded(name, clean, path.name, SEED), text


def doubt(scores: list[tuple[Scores, str]], temperature: float) -> float:
    """Mean negative log-likelihood of the true texts, in nats."""
    lost = []
    for one, text in scores:
        level = one.astype(np.float64) / temperature
        level -= np.log(np.exp(level).sum(axis=1, keepdims=True))
        classes = tuple(ALPHABET.index(mark) + 1 for mark in text)
        lost.append(min(MOST_DOUBT, -float(ctc.log_probabilities(level, [classes])[0])))
    return float(np.mean(lost))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photographs", type=Path, default=DEFAULT_ROOT)
    root = parser.parse_args().photographs
    reader = Reader()
    scores = []
    for view, text in validation_views(root):
        # What the reader answers is scaled already: undone here, as only ratios of scores count.
        narrow = cuts_of(view.image, view.box)[:1]
        scores += [(one * np.float32(TEMPERATURE), text) for one in reader.scores(narrow)]
    found = {temperature: doubt(scores, temperature) for temperature in TRIED}
    best = min(found, key=lambda temperature: found[temperature])
    answer = {"measure": "temperature", "plates": len(scores), "seed": SEED, "best": best}
    answer |= {"in_use": TEMPERATURE, "doubt": {str(key): round(value, 4) for key, value in found.items()}}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
