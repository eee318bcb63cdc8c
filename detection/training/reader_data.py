"""Endless training pictures for the reader: drawn plates of every kind and real crops, weighted by place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

import cv2
import numpy as np

from detection.decoding import ROW_BREAK
from detection.geometry import Box
from detection.plate_text import kinds_of, normalise
from detection.training.photos import Seen, foreign_plates, photographs, read_pseudo_labels, training_crops
from detection.training.plates import paint, rows_of, with_looks
from detection.training.random_plates import random_plate
from detection.training.reader_looks import PHOTOGRAPHED, RENDERED, Floats, Grey, look

# Share of each source in training; those without a picture give theirs to the others. The garage lane has
# nine tenths of the training side's photographs, and gets an eighth. `tgmt` and `held_aside` are the places
# held aside, seen only by a training on all of them.
SHARES: Final = {
    "drawn": 0.56,
    "greenparking_bike_laneA": 0.10,
    "greenparking_car_lane": 0.04,
    "hcm_carpark": 0.05,
    "tgmt": 0.14,
    "held_aside": 0.02,
    "xemay": 0.03,
    "CarLong": 0.07,
    "various": 0.11,
    "foreign": 0.04,
    "pseudo": 0.03,
}
BANK: Final = 600
REPAINTED: Final = 0.06


@dataclass(frozen=True, slots=True)
class Example:
    """A grey picture with the corners of its plate (4 x 2, clockwise from top left) and what it says.

    `text` is what the network is to write: A-Z0-9 and, between two rows, the row break.
    """

    picture: Grey
    corners: Floats
    text: str

    @property
    def lines(self) -> int:
        return 2 if ROW_BREAK in self.text else 1


def with_break(text: str, lines: int, vehicle: str | None) -> str | None:
    """The text with its row break; None if nobody wrote down enough to tell where the second row begins."""
    if lines == 1:
        return text
    number = {
        4 if kind.endswith("4") or kind == "military" else 5
        for kind in kinds_of(text, lines=2, vehicle=vehicle)
        if not kind.startswith("foreign")
    }
    if vehicle is None and number == {4, 5}:
        # Looked at, all 130 such crops: these codes and letters are cars there, the others old motorcycles.
        number = {5} if text[:2] in {"15", "29", "30", "80", "99"} and text[2] in "ACDEFG" else {4}
    if vehicle == "motorbike" and not number:
        # Mopeds of the old sort, 51-FB | 4779, are not in the grammar.
        number = {4}
    if len(number) != 1:
        return None
    digits = number.pop()
    if not text[-digits:].isdigit():
        return None
    return text[:-digits] + ROW_BREAK + text[-digits:]


def is_validation(text: str) -> bool:
    """Whether a real plate belongs to the training side's own validation: by its text, so never split."""
    return crc32(text.replace(ROW_BREAK, "").encode()) % 8 == 0


def real_examples(root: Path, seen: Seen = "training") -> dict[str, list[Example]]:
    """Real crops that training sees by source, validation included; grey, with a margin around the box."""
    found: dict[str, list[Example]] = {name: [] for name in SHARES if name not in {"drawn", "pseudo"}}
    for photo in photographs(root, side=seen):
        picture = _grey(photo.path)
        source = _source(photo.scene)
        for plate in photo.plates:
            text = with_break(plate.text, plate.lines, plate.vehicle) if plate.text else None
            if text:
                found[source].append(cut(picture, plate.box, text))
    for crop in training_crops(root, seen):
        picture = _grey(crop.path)
        height, width = picture.shape
        text = with_break(crop.text, crop.lines, crop.vehicle)
        if text:
            found[crop.source].append(cut(picture, Box(0, 0, width, height), text))
    for plate_abroad in foreign_plates(root):
        text = normalise(plate_abroad.text)
        if text:
            found["foreign"].append(cut(_grey(plate_abroad.path), plate_abroad.box, text))
    return found


def _source(scene: str) -> str:
    """The key of `SHARES` for the photographs of a scene."""
    for source in ("hcm_carpark", "tgmt"):
        if scene.startswith(source):
            return source
    return scene if scene in SHARES else "held_aside"


def pseudo_examples(file: Path) -> list[Example]:
    """Plates that two readers agree on."""
    found = []
    for label in read_pseudo_labels(file):
        row = label.first_row
        text = label.text if row is None else label.text[:row] + ROW_BREAK + label.text[row:]
        found.append(cut(_grey(label.path), label.box, text))
    return found


def cut(picture: Grey, box: Box, text: str) -> Example:
    """The plate with 30 % around it, scaled down to at most 110 pixels of plate height."""
    height, width = picture.shape
    wider = box.grown(0.3, 0.3).clipped(width, height)
    x1, y1, x2, y2 = wider.as_ints()
    scale = min(1.0, 110 / box.height)
    part = picture[y1:y2, x1:x2]
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else part
    corners = np.array([[box.x1, box.y1], [box.x2, box.y1], [box.x2, box.y2], [box.x1, box.y2]])
    moved = (corners - (x1, y1)) * scale
    return Example(np.asarray(small, np.uint8), moved.astype(np.float32), text)


class Supply:
    """Draws training pictures by `SHARES`; the same seed and state give the same pictures."""

    def __init__(
        self,
        root: Path,
        seed: int,
        pseudo: Path | None = None,
        seen: Seen = "training",
        *,
        only_drawn: bool = False,
    ) -> None:
        """Read every real example under `root`, and `pseudo` labels, a file of `pseudo_labels`, if given.

        `only_drawn`: no real plate is drawn from them but for the validation.
        """
        self._rng = np.random.default_rng(seed)
        real = real_examples(root, seen) | {"pseudo": pseudo_examples(pseudo) if pseudo else []}
        self._real = {name: [e for e in part if not is_validation(e.text)] for name, part in real.items()}
        self.validation = [
            example
            for name, part in real.items()
            for example in part
            if name not in {"foreign", "pseudo"} and is_validation(example.text)
        ]
        self._names = [
            name for name in SHARES if name == "drawn" or (self._real.get(name) and not only_drawn)
        ]
        chances = np.array([SHARES[name] for name in self._names])
        self._chances = chances / chances.sum()
        self._bank = [drawn_example(self._rng) for _ in range(BANK)]
        self._backgrounds = [_background(self._rng) for _ in range(64)]
        self._backgrounds += [
            _surroundings(example) for example in self._real["greenparking_bike_laneA"][:200]
        ]

    def one(self) -> tuple[Grey, Floats, str]:
        """A picture, 64 x 192 uint8, its plate's corners as `look` has them or NaN, and its text."""
        rng = self._rng
        name = self._names[int(rng.choice(len(self._names), p=self._chances))]
        if name == "drawn":
            slot = int(rng.integers(0, len(self._bank)))
            if rng.random() < REPAINTED:
                self._bank[slot] = drawn_example(rng)
            example = self._bank[slot]
            background = self._backgrounds[int(rng.integers(0, len(self._backgrounds)))]
            return *look(example.picture, example.corners, RENDERED, background, rng), example.text
        part = self._real[name]
        example = part[int(rng.integers(0, len(part)))]
        picture, _ = look(example.picture, example.corners, PHOTOGRAPHED, None, rng)
        # What is labelled is a level box; where the corners are inside it nobody wrote down.
        return picture, np.full((4, 2), np.nan, np.float32), example.text


def drawn_example(rng: np.random.Generator) -> Example:
    """A plate of a random kind, freshly drawn."""
    plate = with_looks(random_plate(rng), rng)
    grey = cv2.cvtColor(paint(plate, 96 if plate.lines == 2 else 64), cv2.COLOR_BGR2GRAY)
    picture, corners = _mounted(np.asarray(grey, np.uint8), rng)
    rows = rows_of(plate.text, lines=plate.lines, size_mm=plate.size_mm)
    text = ROW_BREAK.join(normalise(row) for row in rows)
    return Example(picture, corners, text)


def _mounted(grey: Grey, rng: np.random.Generator) -> tuple[Grey, Floats]:
    """The plate as it hangs on a vehicle, bent, unevenly inked, in a frame; and its corners in that."""
    picture = _bent(grey, rng) if rng.random() < 0.3 else grey
    if rng.random() < 0.25:
        # Paint that wore off: some strokes are paler than others.
        height, width = picture.shape
        worn = cv2.resize(rng.uniform(0.35, 1, (3, 8)).astype(np.float32), (width, height))
        ground = float(np.median(picture))
        picture = np.clip(ground + (picture - ground) * worn, 0, 255).astype(np.uint8)
    border = int(rng.integers(2, 9)) if rng.random() < 0.4 else 0
    height, width = picture.shape
    if border:
        tone = int(rng.choice([15, 40, 90, 170, 210]))
        over = int(rng.integers(0, 3))  # a frame's lip lies over the plate's edge
        picture[:over], picture[height - over :] = tone, tone
        picture = cv2.copyMakeBorder(
            picture, border, border, border, border, cv2.BORDER_CONSTANT, value=tone
        ).astype(np.uint8)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) + border
    return np.asarray(picture, np.uint8), corners


def _bent(grey: Grey, rng: np.random.Generator) -> Grey:
    """A plate bent a little: columns shifted along an arc or a wave; round bumpers `look` bends strongly."""
    height, width = grey.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    arc = (2 * x / width - 1) ** 2 - 0.5
    wave = np.sin(x / width * rng.uniform(2, 9) + rng.uniform(0, 6))
    amount = rng.normal(0, 0.05) * height
    shift = (arc if rng.random() < 0.6 else wave * 0.5) * amount
    return np.asarray(
        cv2.remap(grey, x, y + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _grey(path: Path) -> Grey:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise FileNotFoundError(f"{path}: not a readable picture")
    return np.asarray(picture, np.uint8)


def _background(rng: np.random.Generator) -> Grey:
    coarse = rng.integers(0, 255, (int(rng.integers(2, 9)), int(rng.integers(2, 9)))).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (160, 80), interpolation=cv2.INTER_LINEAR), np.uint8)


def _surroundings(example: Example) -> Grey:
    """What lies below a real plate: mudguard, bumper, road."""
    bottom = int(example.corners[:, 1].max())
    part = example.picture[min(bottom, example.picture.shape[0] - 4) :]
    return np.asarray(cv2.resize(part, (160, 80)), np.uint8)


def batch(supply: Supply, size: int) -> tuple[Grey, Floats, Sequence[str]]:
    """`size` pictures, B x 64 x 192 uint8, their corners, B x 4 x 2, and their texts."""
    pictures, corners, texts = zip(*(supply.one() for _ in range(size)), strict=True)
    return np.stack(pictures), np.stack(corners), texts
