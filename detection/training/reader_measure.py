"""Measures reading on photographs with known plates: whole picture in, exact text out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detection.images import load_image
from detection.reading import PlateReader, PlateReading
from detection.training.finder_measure import MATCH_IOU, wilson
from detection.training.photos import LabelledPlate, Photograph


@dataclass(frozen=True, slots=True)
class Outcome:
    """One labelled, readable plate and what the machine answered; `read` is None where it found no plate."""

    photograph: str
    scene: str
    text: str
    lines: int
    read: str | None
    accepted: bool
    confidence: float

    @property
    def exact(self) -> bool:
        return self.read == self.text


@dataclass(frozen=True, slots=True)
class Rate:
    """A count of successes with its 95 % interval."""

    hits: int
    total: int

    def to_json(self) -> dict[str, float | int]:
        low, high = wilson(self.hits, self.total)
        share = self.hits / self.total if self.total else 0.0
        rounded = {"rate": round(share, 4), "low": round(low, 4), "high": round(high, 4)}
        return {"hits": self.hits, "of": self.total, **rounded}


def outcomes(photographs: Iterable[Photograph], reader: PlateReader) -> list[Outcome]:
    """Read every photograph whole and match the answers with its labelled plates."""
    found: list[Outcome] = []
    for photograph in photographs:
        readings = reader.read_image(load_image(photograph.path))
        found += [
            _outcome(photograph, plate, _matching(plate, readings))
            for plate in photograph.plates
            if plate.text
        ]
    return found


def summary(found: Sequence[Outcome]) -> dict[str, dict[str, dict[str, float | int]]]:
    """Rates for all plates and for one-row and two-row ones apart."""
    groups = {
        "all": list(found),
        "one_row": [one for one in found if one.lines == 1],
        "two_row": [one for one in found if one.lines == 2],
    }
    return {name: _rates(group) for name, group in groups.items()}


def _rates(group: Sequence[Outcome]) -> dict[str, dict[str, float | int]]:
    accepted = [one for one in group if one.accepted]
    return {
        "found": Rate(sum(one.read is not None for one in group), len(group)).to_json(),
        "exact": Rate(sum(one.exact for one in group), len(group)).to_json(),
        "accepted": Rate(len(accepted), len(group)).to_json(),
        "accepted_wrong": Rate(sum(not one.exact for one in accepted), len(accepted)).to_json(),
    }


def _matching(plate: LabelledPlate, readings: Sequence[PlateReading]) -> PlateReading | None:
    best = max(readings, key=lambda reading: reading.box.iou(plate.box), default=None)
    return best if best is not None and best.box.iou(plate.box) >= MATCH_IOU else None


def _outcome(photograph: Photograph, plate: LabelledPlate, reading: PlateReading | None) -> Outcome:
    return Outcome(
        photograph=photograph.path.name,
        scene=photograph.scene,
        text=plate.text,
        lines=plate.lines,
        read=None if reading is None else reading.text,
        accepted=reading is not None and reading.accepted,
        confidence=0.0 if reading is None else reading.confidence,
    )
