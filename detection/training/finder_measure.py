"""Measure a finder where it never trained: places held aside, and rendered junctions.

    python -m detection.training.finder_measure [--rendered DIR ...] [--image-size 640]

The last line is JSON. A plate or vehicle counts as found when a box of IoU 0.5 or more covers it; half of
the human boxes were proposed by a program (median IoU 0.79 with a person's), so a stricter bound would
measure the labels.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from statistics import median
from typing import Any

from detection.finder import Finder, Found, without_parts
from detection.geometry import Box
from detection.images import load_image
from detection.training.photos import DEFAULT_ROOT, HELD_ASIDE_WEIGHTS, Photograph, photographs

MATCH_IOU = 0.5
Z95 = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(slots=True)
class Tally:
    """How many of how many."""

    hits: int = 0
    total: int = 0

    def add(self, hit: bool) -> None:  # noqa: FBT001  # reads as tally.add(found)
        self.hits += hit
        self.total += 1

    def as_json(self) -> dict[str, float | int]:
        low, high = wilson(self.hits, self.total)
        share = self.hits / self.total if self.total else 0.0
        return {"hits": self.hits, "total": self.total, "share": share, "low": low, "high": high}


@dataclass(slots=True)
class Score:
    """Tallies by name and the milliseconds of every `find` call."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, name: str, *, hit: bool) -> None:
        self.tallies.setdefault(name, Tally()).add(hit)

    def as_json(self) -> dict[str, object]:
        speed = median(self.milliseconds) if self.milliseconds else None
        return {name: tally.as_json() for name, tally in sorted(self.tallies.items())} | {"median_ms": speed}


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (E. B. Wilson, JASA 22, 1927)."""
    if total == 0:
        return 0.0, 1.0
    share, z2 = hits / total, Z95 * Z95
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    spread = Z95 / (1 + z2 / total) * sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return max(0.0, middle - spread), min(1.0, middle + spread)


def matched(truth: Sequence[Box], found: Sequence[Box]) -> dict[int, int]:
    """Index of truth to index of found, best overlaps first, each used once."""
    pairs = sorted(
        ((box.iou(other), i, j) for i, box in enumerate(truth) for j, other in enumerate(found)), reverse=True
    )
    taken: dict[int, int] = {}
    for iou, i, j in pairs:
        if iou >= MATCH_IOU and i not in taken and j not in taken.values():
            taken[i] = j
    return taken


def measure_photographs(finder: Finder, photos: Iterable[Photograph]) -> Score:
    """Recall of plates by rows and scene; precision where every plate of the picture is boxed."""
    score = Score()
    for photo in photos:
        found = [each.box for each in _timed(finder, photo.path, score) if each.label == "plate"]
        pairs = matched([plate.box for plate in photo.plates], found)
        for index, plate in enumerate(photo.plates):
            for name in ("recall", f"recall {plate.lines}-row", f"recall {photo.scene}"):
                score.add(name, hit=index in pairs)
        if photo.complete:
            for index in range(len(found)):
                score.add("precision", hit=index in pairs.values())
    return score


def measure_rendered(finder: Finder, folder: Path, score: Score) -> None:
    """Recall of vehicles and their plates within a second of crossing the stop line, and of classes."""
    document = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    frames = sorted((folder / "frames").iterdir())
    near = max(1, round(document["frames"]["fps"]))
    for number, path in enumerate(frames):
        crossing = list(_crossing(document["vehicles"], number, near))
        if not crossing:
            continue
        found = _timed(finder, path, score)
        vehicles = [each for each in found if each.label != "plate"]
        boxes = [Box(*vehicle["boxes"][str(number)]["vehicle"]) for vehicle in crossing]
        pairs = matched(boxes, [each.box for each in vehicles])
        plates = [vehicle["boxes"][str(number)]["plate"] for vehicle in crossing]
        seen = matched([Box(*p) for p in plates if p], [each.box for each in found if each.label == "plate"])
        for index, vehicle in enumerate(crossing):
            score.add("vehicle recall", hit=index in pairs)
            score.add(f"{vehicle['class']} recall", hit=index in pairs)
            if index in pairs:
                score.add("class right", hit=vehicles[pairs[index]].label == vehicle["class"])
        for index in range(sum(plate is not None for plate in plates)):
            score.add("plate recall", hit=index in seen)


def _crossing(vehicles: Iterable[dict[str, Any]], number: int, near: int) -> Iterator[dict[str, Any]]:
    """Vehicles in the frame whose front or rear crosses the stop line within `near` frames of it."""
    for vehicle in vehicles:
        crossings = (vehicle["front_crosses_frame"], vehicle["rear_crosses_frame"])
        close = any(at is not None and abs(at - number) <= near for at in crossings)
        if close and str(number) in vehicle["boxes"]:
            yield vehicle


def _timed(finder: Finder, path: Path, score: Score) -> list[Found]:
    image = load_image(path)
    start = time.perf_counter()
    found = without_parts(finder.find([image])[0])
    score.milliseconds.append(1000 * (time.perf_counter() - start))
    return found


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=Path, default=DEFAULT_ROOT)
    parser.add_argument("--every", type=int, default=1, help="measure every n-th photograph")
    parser.add_argument("--rendered", type=Path, nargs="*", default=[])
    parser.add_argument("--image-size", type=int, default=640)
    parser.add_argument("--weights", type=Path, default=HELD_ASIDE_WEIGHTS)
    arguments = parser.parse_args()
    finder = Finder(image_size=arguments.image_size, weights=arguments.weights)
    report: dict[str, object] = {"image_size": arguments.image_size}
    if arguments.every:
        photos = photographs(arguments.photographs, side="held_aside")[:: arguments.every]
        report["photographs"] = measure_photographs(finder, photos).as_json()
    rendered = Score()
    for folder in arguments.rendered:
        measure_rendered(finder, folder, rendered)
    if arguments.rendered:
        report["rendered"] = rendered.as_json()
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
