"""Labels that nobody wrote: plates on which two independent readers agree to the letter.

    python -m detection.training.pseudo_labels FILE.csv [--every N]

Ours and the baseline (`detection.training.baseline`: another finder, another reader, other training data)
look at everything real that training may see, clips included. A plate is written down if both found it,
both read the same text, the grammar knows it and no person has labelled it; a plate of a place held aside,
even up to one character, never is. `detection.training.reader --pseudo FILE.csv` learns from them as well.
The file stays outside the checkout, as it names people's plates.
"""

import argparse
import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from detection.geometry import Box
from detection.images import Image, load_image
from detection.judgement import PlateReading
from detection.plate_text import is_known
from detection.reading import load_plate_reader
from detection.training.baseline import Baseline, installed
from detection.training.photos import DEFAULT_ROOT, PseudoLabel, held_aside_texts, is_near
from detection.training.reader_measure import with_progress
from detection.training.scenes_build import Picture, pictures

SAME_PLATE: Final = 0.4  # IoU
# Two readers that guess may guess alike: ours must have an idea of its own, if not be sure.
LEAST_CONFIDENCE: Final = 0.3
FIELDS: Final = ("file", "x1", "y1", "x2", "y2", "text", "first_row")


class Read(Protocol):
    """A reading of the second reader."""

    @property
    def text(self) -> str: ...
    @property
    def box(self) -> Box: ...


def agreed(
    labelled: Sequence[Box], ours: Iterable[PlateReading], theirs: Sequence[Read]
) -> Iterator[PlateReading]:
    """Our readings that the other reader shares and that no person's box covers."""
    for one in ours:
        seen = any(one.text == other.text and one.box.iou(other.box) >= SAME_PLATE for other in theirs)
        known = is_known(one.text, lines=one.lines) and one.confidence >= LEAST_CONFIDENCE
        if seen and known and not any(one.box.iou(box) >= SAME_PLATE for box in labelled):
            yield one


def found(chosen: Sequence[Picture], root: Path) -> Iterator[PseudoLabel]:
    """Every plate of the pictures on which both readers agree."""
    reader, second, held = load_plate_reader(), Baseline(installed()), held_aside_texts(root)
    for picture in with_progress(chosen, "pictures"):
        if picture.complete:
            continue
        image: Image = load_image(picture.path)
        for one in agreed(picture.plates, reader.read_image(image), second.read_image(image)):
            if not is_near(one.text, held):
                yield PseudoLabel(picture.path, one.box, one.text, one.first_row)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--every", type=int, default=1, help="every so many pictures only")
    parser.add_argument("--data", type=Path, default=DEFAULT_ROOT.parent)
    given = parser.parse_args()
    with given.file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(FIELDS)
        chosen = pictures(given.data, given.file.parent)[:: given.every]
        for label in found(chosen, given.data / "plates"):
            box = (label.box.x1, label.box.y1, label.box.x2, label.box.y2)
            edges = [f"{edge:.1f}" for edge in box]
            writer.writerow([label.path, *edges, label.text, label.first_row or ""])


if __name__ == "__main__":
    main()
