"""Exact plates on photographs of places that training never saw, beside a baseline. Last line: JSON.

`python benchmarks/reading.py [--limit N] [--photographs FOLDER] [--weights FOLDER]
[--no-baseline] [--no-degraded]`

The weights are those of `benchmarks/weights`: the shipped ones went on from them with the places held aside
(docs/models), so that nothing photographed is wasted, and must not be measured there.

Whole photograph in, exact text out. Every plate that a person can read counts; one that the finder missed is
wrong. "Accepted" is what a program would lean on: ours says so, the baseline
(`detection.training.baseline`) from a mean score of 0.9. A fixed sample also goes through the hard-street
suite of `detection.training.degradations`. Both see the same pixels, decoded once. False plates are counted
on photographs whose plates are all labelled, on foreign plates (training knows most; those its validation
kept back are counted apart too) and on street pictures without readable plates. Without the photographs the
program says so and ends with status 2; they show people's plates, so only rates are printed.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks itself is not installed

from benchmarks._machine import machine, versions
from detection.images import Image, load_image
from detection.plate_text import is_known, normalise
from detection.read_files import picture_files
from detection.reading import load_plate_reader
from detection.training.degradations import DEGRADATIONS, SUITE, View, degraded
from detection.training.photos import (
    DEFAULT_ROOT,
    HELD_ASIDE_WEIGHTS,
    DataError,
    Photograph,
    foreign_plates,
    photographs,
)
from detection.training.reader_data import is_validation
from detection.training.reader_measure import (
    HEIGHT_BANDS,
    Answer,
    Outcome,
    Read,
    by,
    check_split,
    false_plates,
    outcome,
    rates,
    sample,
    summary,
    with_progress,
)
from detection.weights import weights_of

SEED = 20261122
DEGRADED = 150  # photographs of the hard-street suite, half of them of one-row plates
READABLE = "ngk_"  # the street pictures of this one camera do show plates that can be read, unlabelled
TIMED = 40  # photographs read by one contestant at a time, so that each has the machine


@dataclass(slots=True)
class Contestant:
    """One program and what came of it. `strangers` are texts accepted where no Vietnamese plate is."""

    name: str
    read: Read
    outcomes: list[Outcome] = field(default_factory=list)
    degraded: dict[str, list[Outcome]] = field(default_factory=dict)
    strangers: dict[str, list[str]] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    # One thread for good: torch would set up its own threads anew in each fresh one.
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def begun(self, image: Image) -> Future[Sequence[Answer]]:
        return self._thread.submit(self.read, image)

    def timed(self, image: Image) -> Sequence[Answer]:
        begin = time.perf_counter()
        answers = self.begun(image).result()
        self.milliseconds.append((time.perf_counter() - begin) * 1000)
        return answers

    def to_json(self, pictures: dict[str, int]) -> dict[str, Any]:
        """All rates; `pictures` says how many were searched for strangers, by group."""
        heights = by(self.outcomes, lambda one: one.height_band)
        strangers = {
            group: {
                "pictures": pictures[group],
                "accepted": len(self.strangers.get(group, [])),
                "fits_the_grammar": sum(is_known(text) for text in self.strangers.get(group, [])),
            }
            for group in pictures
        }
        suite = [one for name in SUITE for one in self.degraded.get(name, [])]
        hard = {name: rates(self.degraded[name]) for name in DEGRADATIONS if name in self.degraded}
        return {
            "plates": summary(self.outcomes),
            "by_place": by(self.outcomes, lambda one: one.place),
            "by_row_pixels": {band: heights[band] for band in HEIGHT_BANDS if band in heights},
            "degraded": {"suite": summary(suite), **hard} if hard else None,
            "false_plates": strangers,
            "ms_per_photograph_median": round(median(self.milliseconds), 1),
        }


def main() -> int:
    given = _arguments()
    begin = time.perf_counter()
    try:
        split = check_split(given.photographs)
        held = sample(photographs(given.photographs, side="held_aside"), given.limit, SEED)
        without = pictures_without_plates(given.photographs, given.limit)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    contestants = [Contestant("ours", load_plate_reader(weights=given.weights).read_image)]
    reason = "asked to run without" if given.no_baseline else _join_baseline(contestants)
    surroundings = _surroundings(given.weights, with_baseline=reason is None)
    hard = [] if given.no_degraded else hard_sample(held)
    pictures = _read_held_aside(held, {photo.path for photo in hard}, contestants)
    pictures |= _read_strangers(without, contestants)
    found = {one.name: one.to_json(pictures) for one in contestants}
    for name, answer in found.items():
        _print_table(name, answer)
    print(
        json.dumps(
            {
                "benchmark": "reading",
                "seed": SEED,
                "photographs": len(held),
                "degraded_photographs": len(hard),
                "split": split,
                "ours": found["ours"],
                "baseline": found.get("baseline"),
                "baseline_missing": reason,
                "seconds": round(time.perf_counter() - begin),
                **surroundings,
            }
        )
    )
    return 0


def hard_sample(held: Sequence[Photograph]) -> list[Photograph]:
    """The photographs of the hard-street suite: half one-row, half two-row where there are."""
    half = min(DEGRADED, max(2, len(held) // 5)) // 2
    found = []
    for lines in (1, 2):
        of_kind = [
            photo for photo in held if [plate.lines for plate in photo.plates if plate.text][:1] == [lines]
        ]
        found += random.Random(SEED + lines).sample(of_kind, min(half, len(of_kind)))
    return found


def pictures_without_plates(root: Path, limit: int) -> dict[str, list[Path]]:
    """Pictures that show no Vietnamese plate anybody could read, by group, at most `limit` of each."""
    street = root.parent / "traffic" / "img"
    abroad: dict[Path, bool] = {}
    for plate in foreign_plates(root):
        abroad[plate.path] = abroad.get(plate.path, True) and is_validation(normalise(plate.text))
    groups = {
        "foreign": [path for path, unseen in abroad.items() if not unseen],
        "foreign_validation": [path for path, unseen in abroad.items() if unseen],
        "street": [
            path
            for path in (picture_files([street]) if street.is_dir() else [])
            if not path.name.startswith(READABLE)
        ],
    }
    return {group: sample(paths, limit, SEED) for group, paths in groups.items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--limit", type=int, default=0, help="at most so many photographs, drawn with the seed"
    )
    parser.add_argument("--photographs", type=Path, default=DEFAULT_ROOT)
    parser.add_argument("--weights", type=Path, default=HELD_ASIDE_WEIGHTS)
    parser.add_argument("--no-baseline", action="store_true", help="ours only; nothing is installed")
    parser.add_argument("--no-degraded", action="store_true", help="without the hard-street suite")
    return parser.parse_args()


def _join_baseline(contestants: list[Contestant]) -> str | None:
    """Add the baseline; the reason where that is not possible."""
    from detection.training.baseline import Baseline, BaselineError, installed

    try:
        baseline = Baseline(installed())
    except (BaselineError, ImportError) as error:
        print(f"without the baseline: {error}", file=sys.stderr)
        return str(error)
    contestants.append(Contestant("baseline", baseline.read_image))
    return None


def _read_held_aside(
    held: Sequence[Photograph], hard: set[Path], contestants: Sequence[Contestant]
) -> dict[str, int]:
    """Read every photograph, and those of `hard` degraded too; how many have all their plates labelled."""
    for number, photo in enumerate(with_progress(held, "photographs held aside")):
        image = load_image(photo.path)
        for one, answers in _answers(contestants, image, alone=number < TIMED):
            one.outcomes += [outcome(photo, plate, answers) for plate in photo.plates if plate.text]
            if photo.complete:
                one.strangers.setdefault("photographs", []).extend(false_plates(photo, answers))
        if photo.path in hard:
            _read_degraded(photo, image, contestants)
    return {"photographs": sum(photo.complete for photo in held)}


def _read_degraded(photo: Photograph, image: Image, contestants: Sequence[Contestant]) -> None:
    plate = next(plate for plate in photo.plates if plate.text)
    for name in DEGRADATIONS:
        view = degraded(name, View(image, plate.box, plate.lines), photo.path.name, SEED)
        seen = replace(plate, box=view.box)
        for one, answers in _answers(contestants, view.image):
            one.degraded.setdefault(name, []).append(outcome(photo, seen, answers))


def _read_strangers(groups: dict[str, list[Path]], contestants: Sequence[Contestant]) -> dict[str, int]:
    """Read pictures without Vietnamese plates; how many there are by group."""
    for group, paths in groups.items():
        for path in with_progress(paths, f"pictures without Vietnamese plates ({group})"):
            for one, answers in _answers(contestants, load_image(path)):
                accepted = [answer.text for answer in answers if answer.accepted]
                one.strangers.setdefault(group, []).extend(accepted)
    return {group: len(paths) for group, paths in groups.items()}


def _answers(
    contestants: Sequence[Contestant], image: Image, *, alone: bool = False
) -> list[tuple[Contestant, Sequence[Answer]]]:
    """Every contestant with its answers; side by side, or one after the other and timed."""
    if alone:
        return [(one, one.timed(image)) for one in contestants]
    begun = [(one, one.begun(image)) for one in contestants]
    return [(one, reading.result()) for one, reading in begun]


def _print_table(name: str, answer: dict[str, Any]) -> None:
    print(f"\n{name:24} {'exact':>28} {'accepted':>10} {'wrong':>6}", file=sys.stderr)
    hard = answer["degraded"] or {}
    groups = {**answer["plates"], **answer["by_place"]}
    groups |= {f"row {band} px": rate for band, rate in answer["by_row_pixels"].items()}
    groups |= {f"suite: {group}": rate for group, rate in hard.get("suite", {}).items()}
    groups |= {kind: rate for kind, rate in hard.items() if kind != "suite"}
    for group, rate in groups.items():
        exact, wrong = rate["exact"], rate["accepted_wrong"]
        share = f"{exact['hits']}/{exact['of']} {exact['rate']:.1%} ({exact['low']:.1%}-{exact['high']:.1%})"
        print(f"{group:24} {share:>28} {wrong['of']:>10} {wrong['hits']:>6}", file=sys.stderr)
    for group, strangers in answer["false_plates"].items():
        print(f"false plates, {group}: {strangers}", file=sys.stderr)
    print(f"median {answer['ms_per_photograph_median']} ms a photograph", file=sys.stderr)


def _surroundings(folder: Path, *, with_baseline: bool) -> dict[str, Any]:
    packages = ("torch", "openvino", "opencv-python-headless", "ultralytics-opencv-headless")
    installed = versions(*packages)
    weights: dict[str, str] = {
        name: weights_of(name, folder).sha256 for name in ("finder-openvino", "reader-openvino")
    }
    if with_baseline:
        from detection.training.baseline import SHA256, VERSIONS

        installed |= VERSIONS
        weights |= SHA256
    return {"machine": machine(), "versions": installed, "weights": weights}


if __name__ == "__main__":
    sys.exit(main())
