"""Measures reading on photographs with known plates: whole picture in, exact text out, whoever reads."""

import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from detection.geometry import Box
from detection.images import Image, load_image
from detection.training.finder_measure import wilson
from detection.training.photos import DataError, LabelledPlate, Photograph, photographs, training_crops

# An answer this near a labelled plate speaks of it: boxes are cut differently, and the text decides.
NEAR_IOU = 0.3
SAYS_EVERY = 25
# Upper edges, in pixels of one row of characters.
HEIGHT_BANDS = {"<12": 12.0, "12-20": 20.0, "20-30": 30.0, "30-50": 50.0, ">50": float("inf")}


class Answer(Protocol):
    """What a program says of one plate of an image; `detection.reading.PlateReading` is one.

    `text` is A-Z0-9, `accepted` whether the program would lean on it.
    """

    @property
    def text(self) -> str: ...
    @property
    def box(self) -> Box: ...
    @property
    def confidence(self) -> float: ...
    @property
    def accepted(self) -> bool: ...


Read: TypeAlias = Callable[[Image], Sequence[Answer]]
AnswerT = TypeVar("AnswerT", bound=Answer)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One labelled, readable plate and what was answered; `read` is None where no plate was found there.

    `accepted`: some answer near the plate was; `accepted_wrong`: one of those has another text.
    `row_pixels` is the height of one row of characters.
    """

    photograph: str
    scene: str
    text: str
    lines: int
    row_pixels: float
    read: str | None
    accepted: bool
    accepted_wrong: bool
    confidence: float

    @property
    def exact(self) -> bool:
        return self.read == self.text

    @property
    def place(self) -> str:
        """The mall's lanes (`tgmt_*`) are one place: the same cars pass them."""
        return "tgmt" if self.scene.startswith("tgmt_") else self.scene

    @property
    def height_band(self) -> str:
        """A key of HEIGHT_BANDS."""
        return next(name for name, edge in HEIGHT_BANDS.items() if self.row_pixels < edge)


@dataclass(frozen=True, slots=True)
class Rate:
    """A count of successes with its 95 % interval."""

    hits: int
    total: int

    @property
    def share(self) -> float:
        return self.hits / self.total if self.total else 0.0

    def to_json(self) -> dict[str, float | int]:
        low, high = wilson(self.hits, self.total)
        rounded = {"rate": round(self.share, 4), "low": round(low, 4), "high": round(high, 4)}
        return {"hits": self.hits, "of": self.total, **rounded}


Rates: TypeAlias = dict[str, dict[str, float | int]]


def outcomes(photos: Iterable[Photograph], read: Read) -> list[Outcome]:
    """Read every photograph whole and match the answers with its labelled plates."""
    found: list[Outcome] = []
    for photo in photos:
        answers = read(load_image(photo.path))
        found += [outcome(photo, plate, answers) for plate in photo.plates if plate.text]
    return found


def outcome(photo: Photograph, plate: LabelledPlate, answers: Sequence[Answer]) -> Outcome:
    """What the answers to an image say of one plate of it, whose box is in pixels of that image."""
    near = [answer for answer in answers if answer.box.iou(plate.box) >= NEAR_IOU]
    best = nearest(plate.box, near)
    accepted = [answer.text for answer in near if answer.accepted]
    return Outcome(
        photograph=photo.path.name,
        scene=photo.scene,
        text=plate.text,
        lines=plate.lines,
        row_pixels=plate.box.height / plate.lines,
        read=None if best is None else best.text,
        accepted=bool(accepted),
        accepted_wrong=any(text != plate.text for text in accepted),
        confidence=0.0 if best is None else best.confidence,
    )


def nearest(box: Box, answers: Sequence[AnswerT]) -> AnswerT | None:
    """The answer whose box fits best, None where none is near."""
    best = max(answers, key=lambda answer: answer.box.iou(box), default=None)
    return best if best is not None and best.box.iou(box) >= NEAR_IOU else None


def false_plates(photo: Photograph, answers: Iterable[Answer]) -> list[str]:
    """Texts of accepted answers that match no label, by place or by text; the photograph must be complete."""
    known = {plate.text for plate in photo.plates}
    return [
        answer.text
        for answer in answers
        if answer.accepted
        and answer.text not in known
        and all(answer.box.iou(plate.box) < NEAR_IOU for plate in photo.plates)
    ]


def summary(found: Sequence[Outcome]) -> dict[str, Rates]:
    """Rates for all plates and for one-row and two-row ones apart."""
    groups = {
        "all": list(found),
        "one_row": [one for one in found if one.lines == 1],
        "two_row": [one for one in found if one.lines == 2],
    }
    return {name: rates(group) for name, group in groups.items()}


def by(found: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Rates]:
    """Rates of each group, the groups in the order of their names."""
    groups: dict[str, list[Outcome]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return {name: rates(groups[name]) for name in sorted(groups)}


def rates(group: Sequence[Outcome]) -> Rates:
    """How many plates were found, read exactly and accepted, and how many accepted ones are wrong."""
    accepted = [one for one in group if one.accepted]
    counted: Mapping[str, Rate] = {
        "found": Rate(sum(one.read is not None for one in group), len(group)),
        "exact": Rate(sum(one.exact for one in group), len(group)),
        "accepted": Rate(len(accepted), len(group)),
        "accepted_wrong": Rate(sum(one.accepted_wrong for one in accepted), len(accepted)),
    }
    return {name: rate.to_json() for name, rate in counted.items()}


def check_split(root: Path) -> dict[str, Any]:
    """Counts that prove that no plate held aside, and none but for one character, was trained on.

    Raises:
        DataError: some was; no measurement would mean anything.
    """
    held = {
        plate.text for photo in photographs(root, side="held_aside") for plate in photo.plates if plate.text
    }
    learned = {plate.text for photo in photographs(root, side="training") for plate in photo.plates}
    learned |= {crop.text for crop in training_crops(root)}
    near = {pattern for text in learned for pattern in _but_one(text)}
    shared = {text for text in held if not near.isdisjoint(_but_one(text))}
    if shared:
        raise DataError(f"{root}: {len(shared)} plates held aside are, up to one character, in training")
    return {"held_aside_texts": len(held), "training_texts": len(learned - {""}), "shared": len(shared)}


def _but_one(text: str) -> Iterable[str]:
    """The text with each character hidden in turn: texts share one if they differ in one place at most."""
    return (f"{text[:place]}?{text[place + 1 :]}" for place in range(len(text)))


def sample(items: Sequence[Item], limit: int, seed: int) -> list[Item]:
    """`limit` of the items drawn with the seed; all of them in their order if `limit` is 0 or too much."""
    return random.Random(seed).sample(items, limit) if 0 < limit < len(items) else list(items)


def with_progress(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The same items, with a line on standard error now and then."""
    for number, item in enumerate(items, 1):
        yield item
        if number % SAYS_EVERY == 0 or number == len(items):
            print(f"{what}: {number} of {len(items)}", file=sys.stderr, flush=True)  # noqa: T201
