"""The real photographs and the split by place: what training may see and what only measurements may.

The photographs show people's plates and stay where they are (`../shared/data/plates`); nothing here
copies them. `split.json` puts every scene on one side. Crops without a place belong to training, except
those whose text, up to one character, also occurs in a place held aside.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

from detection.geometry import Box

Side = Literal["training", "held_aside"]
# What a training may see: its side, or, for the weights that are shipped once the others were measured, all.
Seen = Literal["training", "all"]

# Labels found wrong by looking: these crops show one row, not two.
_ONE_ROW: Final = frozenset({"30A17957", "80A66868", "30G39674"})

ALL_PLACES: Final = "train on the places held aside too: only for weights that are not measured there"

DEFAULT_ROOT: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "plates"


class DataError(Exception):
    """The photographs or the split list are not what this module expects; the message names the file."""


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    """One boxed plate; `text` is A-Z0-9, empty where a person could not read it."""

    box: Box
    text: str
    lines: int
    vehicle: str


@dataclass(frozen=True, slots=True)
class Photograph:
    """A whole picture; `complete` is False where further plates are in it without a box."""

    path: Path
    scene: str
    complete: bool
    plates: tuple[LabelledPlate, ...]


@dataclass(frozen=True, slots=True)
class PlateCrop:
    """A picture of one plate; `source` groups crops taken in the same way, `vehicle` is None if unknown."""

    path: Path
    text: str
    lines: int
    vehicle: str | None
    source: str


@dataclass(frozen=True, slots=True)
class ForeignPlate:
    """A plate that is not Vietnamese, in a whole picture."""

    path: Path
    region: str
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class PseudoLabel:
    """A plate on which two readers agreed; `first_row` counts the characters above the row break, if any."""

    path: Path
    box: Box
    text: str
    first_row: int | None


@cache
def sides() -> dict[str, Side]:
    """Scene to side, from the committed list; each scene stands on exactly one."""
    path = Path(__file__).with_name("split.json")
    found: dict[str, Side] = {}
    for place in json.loads(path.read_text(encoding="utf-8"))["places"]:
        for scene in place["scenes"]:
            if scene in found or place["side"] not in {"training", "held_aside"}:
                raise DataError(f"{path}: scene {scene} must stand on one side, training or held_aside")
            found[scene] = place["side"]
    return found


def photographs(root: Path = DEFAULT_ROOT, *, side: Side | Seen) -> list[Photograph]:
    """All photographs of one side, or of both, in the order of their file names.

    Raises:
        DataError: `labels.csv` cannot be read or names a scene that is not in the split list.
    """
    rows = sorted(_rows(root / "labels.csv"), key=lambda row: row["file"])
    unknown = {row["scene"] for row in rows} - sides().keys()
    if unknown:
        raise DataError(f"{root / 'labels.csv'}: scenes not in split.json: {sorted(unknown)}")
    found = []
    for file, group in groupby(rows, key=lambda row: row["file"]):
        plates = list(group)
        if side in {"all", sides()[plates[0]["scene"]]}:
            found.append(
                Photograph(
                    path=root / file,
                    scene=plates[0]["scene"],
                    complete=all(row["all_plates_labelled"] == "1" for row in plates),
                    plates=tuple(_plate(row) for row in plates),
                )
            )
    return found


def held_aside_texts(root: Path = DEFAULT_ROOT) -> set[str]:
    """The plates of places held aside."""
    return {plate.text for photo in photographs(root, side="held_aside") for plate in photo.plates}


def training_crops(root: Path = DEFAULT_ROOT, seen: Seen = "training") -> list[PlateCrop]:
    """Crops with text that training may use: none is a plate of a place held aside, even by one character."""
    held = held_aside_texts(root) if seen == "training" else set()
    return [
        PlateCrop(
            root / "crops" / row["file"],
            row["text"],
            1 if row["text"] in _ONE_ROW else int(row["lines"]),
            row["vehicle"] or None,
            _source(row["file"]),
        )
        for row in _rows(root / "crops" / "crops.csv")
        if row["text"] and not is_near(row["text"], held)
    ]


def foreign_plates(root: Path = DEFAULT_ROOT) -> list[ForeignPlate]:
    """Plates of other countries, for training."""
    return [
        ForeignPlate(root / row["file"], row["region"], _box(row), row["text"])
        for row in _rows(root / "foreign" / "foreign.csv")
    ]


def read_pseudo_labels(file: Path) -> list[PseudoLabel]:
    """What `detection.training.pseudo_labels` wrote."""
    with file.open(encoding="utf-8", newline="") as stream:
        return [
            PseudoLabel(
                Path(row["file"]),
                Box(float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"])),
                row["text"],
                int(row["first_row"]) if row["first_row"] else None,
            )
            for row in csv.DictReader(stream)
        ]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)
    except FileNotFoundError as error:
        raise DataError(f"{path} is not there: pass the folder that holds labels.csv") from error


def _box(row: dict[str, str]) -> Box:
    return Box(float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"]))


def _plate(row: dict[str, str]) -> LabelledPlate:
    return LabelledPlate(_box(row), row["text"], int(row["lines"]), row["vehicle"])


def _source(file: str) -> str:
    for source in ("CarLong", "xemay"):
        if source in file:
            return source
    return "various"


def is_near(text: str, others: Iterable[str]) -> bool:
    """Whether the text is one of the others up to one character."""
    return any(
        len(text) == len(other) and sum(a != b for a, b in zip(text, other, strict=True)) <= 1
        for other in others
    )
