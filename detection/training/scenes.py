"""From pictures and proposals to a YOLO data set for the finder: five classes, sampled by place.

Nobody boxed vehicles in the photographs, and not every plate in them. Two teachers propose them: a COCO
network vehicles and people, a plate network the plates that have no box. A rider and his motorbike are
one vehicle here, so people are merged into the motorbike they sit on.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.geometry import Box

COCO_PERSON = 0
COCO_VEHICLES = {2: "car", 3: "motorbike", 5: "bus", 7: "truck"}

VEHICLE_CONFIDENCE = 0.35
RIDER_CONFIDENCE = 0.3
PLATE_CONFIDENCE = 0.5
SAME_VEHICLE_IOU = 0.6


@dataclass(frozen=True, slots=True)
class Proposal:
    """One box of a teacher: `kind` is a label of ours or "person"."""

    kind: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture with its boxes in pixels; `scene` is the place it was taken at."""

    path: Path
    scene: str
    size: tuple[int, int]  # height, width
    boxes: tuple[tuple[str, Box], ...]


def agreed_boxes(
    plates: Sequence[Box], proposals: Iterable[Proposal], *, complete: bool
) -> list[tuple[str, Box]]:
    """Boxes to train on: `plates` boxed by people, what the teachers are sure of, riders merged.

    With `complete` every plate of the picture is boxed already and the plate teacher is not asked.
    """
    ordered = sorted(proposals, key=lambda proposal: -proposal.confidence)
    vehicles: list[tuple[str, Box]] = []
    for proposal in ordered:
        if proposal.kind not in COCO_VEHICLES.values() or proposal.confidence < VEHICLE_CONFIDENCE:
            continue
        if not any(_same(proposal.box, box) for _, box in vehicles):
            vehicles.append((proposal.kind, proposal.box))
    people = [p.box for p in ordered if p.kind == "person" and p.confidence >= RIDER_CONFIDENCE]
    found = [("plate", box) for box in plates]
    for proposal in ordered:
        if complete or proposal.kind != "plate" or proposal.confidence < PLATE_CONFIDENCE:
            continue
        if all(proposal.box.intersection(box) < 0.3 * min(proposal.box.area, box.area) for _, box in found):
            found.append(("plate", proposal.box))
    return found + with_riders(vehicles, people)


def _same(box: Box, other: Box) -> bool:
    """Two boxes of one vehicle: much alike, or one a large part of the other."""
    smaller, larger = sorted((box.area, other.area))
    within = box.intersection(other) > 0.9 * smaller and smaller > 0.35 * larger
    return within or box.iou(other) >= SAME_VEHICLE_IOU


def with_riders(vehicles: Sequence[tuple[str, Box]], people: Iterable[Box]) -> list[tuple[str, Box]]:
    """Grow every motorbike by the people sitting on it; each person rides at most one."""
    grown = [box for _, box in vehicles]
    for person in people:
        best, best_share = None, 0.5
        for index, (kind, bike) in enumerate(vehicles):
            if kind == "motorbike" and _may_ride(person, bike):
                across = min(person.x2, bike.x2) - max(person.x1, bike.x1)
                share = across / min(person.width, bike.width)
                if share > best_share:
                    best, best_share = index, share
        if best is not None:
            box = grown[best]
            grown[best] = Box(
                min(box.x1, person.x1), min(box.y1, person.y1), max(box.x2, person.x2), max(box.y2, person.y2)
            )
    return [(kind, box) for (kind, _), box in zip(vehicles, grown, strict=True)]


def _may_ride(person: Box, bike: Box) -> bool:
    """Whether a person is where a rider would be: above the wheels, overlapping, of a fitting size."""
    return (
        person.intersection(bike) > 0
        and person.y1 < bike.centre[1]
        and bike.y1 < person.y2 < bike.y2 + 0.1 * bike.height
        and 0.3 * bike.height < person.height < 2.5 * bike.height
    )


def rendered(folder: Path) -> list[Labelled]:
    """Every frame of a rendered junction, with the true boxes of `expected.json`."""
    document = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    size = document["frames"]["height"], document["frames"]["width"]
    frames = sorted(path for path in (folder / "frames").iterdir() if path.suffix.lower() in {".jpg", ".png"})
    pictures = []
    for number, path in enumerate(frames):
        boxes: list[tuple[str, Box]] = []
        for vehicle in document["vehicles"]:
            seen = vehicle["boxes"].get(str(number))
            if seen is None:
                continue
            boxes.append((vehicle["class"], Box(*seen["vehicle"])))
            if seen["plate"] is not None:
                boxes.append(("plate", Box(*seen["plate"])))
        pictures.append(Labelled(path, "rendered", size, tuple(boxes)))
    return pictures
