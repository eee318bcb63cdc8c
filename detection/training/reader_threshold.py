"""Shows what each acceptance threshold would cost: `python -m detection.training.reader_threshold`.

Measured on the training side only: its real validation plates, cut as in the finished program, and drawn
plates under all changes, which stand for what is darker, farther and dirtier than a car park.
`ACCEPTED_CONFIDENCE` is the least threshold at which at most one accepted reading in two hundred is wrong.
"""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from detection.finder import Finder
from detection.geometry import Box
from detection.reader import Reader
from detection.reader_network import ROW_BREAK
from detection.reading import PlateReader, PlateReading
from detection.training.photos import DEFAULT_ROOT
from detection.training.reader_data import Example, drawn_example, is_validation, real_examples
from detection.training.reader_looks import RENDERED, look

LOG = logging.getLogger("threshold")
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98)
DRAWN = 800
SEED = 7


def readings(examples: Sequence[Example], reader: PlateReader) -> list[tuple[PlateReading, str]]:
    """What the program says to each example's labelled box, and the truth."""
    answers = []
    for example in examples:
        left, top = example.corners.min(axis=0)
        right, bottom = example.corners.max(axis=0)
        image = np.asarray(cv2.cvtColor(example.picture, cv2.COLOR_GRAY2BGR), np.uint8)
        box = Box(float(left), float(top), float(right), float(bottom))
        answers.append((reader.read_plates(image, [box])[0], example.text.replace(ROW_BREAK, "")))
    return answers


def drawn_examples(count: int, seed: int) -> list[Example]:
    """Drawn plates as a camera might see them; the whole picture is the box."""
    rng = np.random.default_rng(seed)
    examples = []
    for _ in range(count):
        plate = drawn_example(rng)
        ground = rng.integers(0, 255, (4, 6)).astype(np.uint8)
        seen = look(plate.picture, plate.corners, RENDERED, ground, rng)
        height, width = seen.shape
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        examples.append(Example(seen, corners, plate.text))
    return examples


def report(name: str, answers: Sequence[tuple[PlateReading, str]]) -> None:
    exact = sum(reading.text == text for reading, text in answers)
    LOG.info("%s: %d plates, exact %.1f %%", name, len(answers), 100 * exact / len(answers))
    fitting = [one for one in answers if one[0].reason in {None, "low_confidence"}]
    for threshold in THRESHOLDS:
        accepted = [(r, text) for r, text in fitting if r.confidence >= threshold]
        wrong = sum(reading.text != text for reading, text in accepted)
        share = 100 * len(accepted) / len(answers)
        LOG.info("  %.2f: accepts %5.1f %%, %d wrong of %d", threshold, share, wrong, len(accepted))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=Path, default=DEFAULT_ROOT)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    reader = PlateReader(Finder(), Reader())
    real = real_examples(given.photographs)
    own = [e for name, part in real.items() if name != "foreign" for e in part if is_validation(e.text)]
    abroad = [example for example in real["foreign"] if is_validation(example.text)]
    for name, examples in (("real", own), ("foreign", abroad), ("drawn", drawn_examples(DRAWN, SEED))):
        report(name, readings(examples, reader))


if __name__ == "__main__":
    main()
