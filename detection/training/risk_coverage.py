"""What an acceptance threshold costs and what it lets through: `python -m detection.training.risk_coverage`.

The training side's own validation plates (`reader_data.is_validation`, never learned from) are read as they
are and through every look of `detection.training.degradations`: photographs whole, finder included, crops as
they were cut out. For each threshold on `PlateReading.confidence` it is counted how many readings would be
accepted and how many of those are wrong; the least one at which at most one in two hundred is wrong is what
`detection.vote.ACCEPTED_CONFIDENCE` should be. No place held aside is looked at. Foreign plates count apart.

Writes `risk-coverage.csv`, `reliability.csv` and `risk-coverage.png`, rates only; the last line is JSON.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from detection.geometry import Box
from detection.images import load_image
from detection.plate_text import normalise
from detection.reading import PlateReader, load_plate_reader
from detection.training.degradations import DEGRADATIONS, View, degraded
from detection.training.photos import (
    DEFAULT_ROOT,
    DataError,
    foreign_plates,
    photographs,
    training_crops,
)
from detection.training.reader_data import is_validation
from detection.training.reader_measure import nearest, sample, with_progress
from detection.training.risk import Judged, calibration_error, chosen, draw, judged, reliability, risk_at
from detection.vote import ACCEPTED_CONFIDENCE
from detection.weights import weights_of

SEED: Final = 20261124
THRESHOLDS: Final = (*(hundredth / 100 for hundredth in range(100)), 0.995, 0.999)
DOCS: Final = Path(__file__).resolve().parents[2] / "docs/models"


def readings(reader: PlateReader, root: Path, limit: int) -> Iterator[Judged]:
    """Every validation plate of the training side, as it is and through every look; then foreign ones."""
    photos = [
        photo
        for photo in photographs(root, side="training")
        if any(_is_counted(plate.text) for plate in photo.plates)
    ]
    for photo in with_progress(sample(photos, limit, SEED), "photographs"):
        image = load_image(photo.path)
        for plate in photo.plates:
            if _is_counted(plate.text):
                for group, view in _views(View(image, plate.box, plate.lines), photo.path.name):
                    yield judged(group, nearest(view.box, reader.read_image(view.image)), plate.text)
    crops = [crop for crop in training_crops(root) if is_validation(crop.text)]
    for crop in with_progress(sample(crops, limit, SEED), "crops"):
        image = load_image(crop.path)
        whole = View(image, Box(0, 0, image.shape[1], image.shape[0]), crop.lines)
        for group, view in _views(whole, crop.path.name):
            yield judged(group, reader.read_plates(view.image, [view.box])[0], crop.text)
    abroad = [plate for plate in foreign_plates(root) if _is_counted(normalise(plate.text))]
    for foreign in with_progress(sample(abroad, limit, SEED), "foreign plates"):
        reading = nearest(foreign.box, reader.read_image(load_image(foreign.path)))
        yield judged("foreign", reading, normalise(foreign.text))


def _is_counted(text: str) -> bool:
    return bool(text) and is_validation(text)


def _views(view: View, key: str) -> Iterator[tuple[str, View]]:
    yield "clean", view
    for name in DEGRADATIONS:
        yield name, degraded(name, view, key, SEED)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photographs", type=Path, default=DEFAULT_ROOT)
    parser.add_argument("--limit", type=int, default=0, help="at most so many of each kind")
    parser.add_argument("--out", type=Path, default=DOCS, help="folder of the curve and the figure")
    given = parser.parse_args()
    try:
        found = list(readings(load_plate_reader(), given.photographs, given.limit))
    except DataError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a program's own message
        return 2
    own = [one for one in found if one.group != "foreign"]
    risks = [risk_at(threshold, own) for threshold in THRESHOLDS]
    texts = reliability((one.confidence, one.exact) for one in own if one.fits)
    characters = reliability(pair for one in own for pair in one.characters)
    best = chosen(risks)
    _write(given.out / "risk-coverage.csv", [risk.to_row() for risk in risks])
    bins = {"text": texts, "character": characters}
    rows = [{"of": name, **asdict(one)} for name, part in bins.items() for one in part]
    _write(given.out / "reliability.csv", rows)
    draw(given.out / "risk-coverage.png", risks, best, bins)
    answer = {
        "measure": "risk_coverage",
        "seed": SEED,
        "limit": given.limit,
        "chosen": None if best is None else _with_groups(best.threshold, found),
        "in_use": _with_groups(ACCEPTED_CONFIDENCE, found),
        "calibration_error": {name: round(calibration_error(part), 4) for name, part in bins.items()},
        "weights": {name: weights_of(name).sha256 for name in ("finder-openvino", "reader-openvino")},
    }
    print(json.dumps(answer))  # noqa: T201 - the answer
    return 0


def _with_groups(threshold: float, found: Sequence[Judged]) -> dict[str, object]:
    """A threshold's row for all looks together, and for each apart with the share read exactly."""
    groups = {}
    for name in dict.fromkeys(one.group for one in found):
        part = [one for one in found if one.group == name]
        exact = round(sum(one.exact for one in part) / len(part), 4)
        groups[name] = {"exact": exact, **risk_at(threshold, part).to_row()}
    own = [one for one in found if one.group != "foreign"]
    return {**risk_at(threshold, own).to_row(), "groups": groups}


def _write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
