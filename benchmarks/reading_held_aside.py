"""Exact-plate rates on photographs of places that training never saw. Last line: JSON.

`python benchmarks/reading_held_aside.py [--limit N] [--photographs FOLDER]`; without the photographs it says
so and ends with status 2. The photographs show people's plates: only rates are printed.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

from detection.finder import Finder
from detection.images import load_image
from detection.reader import Reader
from detection.reading import PlateReader
from detection.training.photos import DEFAULT_ROOT, DataError, photographs
from detection.training.reader_measure import outcomes, summary
from detection.weights import weights_of

SEED = 20261122


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--limit", type=int, default=0, help="at most so many photographs, drawn with the seed"
    )
    parser.add_argument("--photographs", type=Path, default=DEFAULT_ROOT)
    given = parser.parse_args()
    try:
        held = photographs(given.photographs, side="held_aside")
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    if 0 < given.limit < len(held):
        held = random.Random(SEED).sample(held, given.limit)
    reader = PlateReader(Finder(), Reader())
    found = outcomes(held, reader)
    by_scene: dict[str, list[bool]] = {}
    for one in found:
        by_scene.setdefault(one.scene, []).append(one.exact)
    for scene, hits in sorted(by_scene.items()):
        print(f"{scene:24} exact {sum(hits)} of {len(hits)}")
    answer = {
        "benchmark": "reading_held_aside",
        "seed": SEED,
        "photographs": len(held),
        "plates": summary(found),
        "ms_per_photograph_median": _median_ms(reader, [photo.path for photo in held[:40]]),
        "machine": {
            "processor": _processor(),
            "cpus": len(os.sched_getaffinity(0)),
            "python": platform.python_version(),
        },
        "versions": {
            name: version(name) for name in ("torch", "easyocr", "openvino", "opencv-python-headless")
        },
        "weights": {name: weights_of(name).sha256 for name in ("finder-openvino", "reader")},
    }
    print(json.dumps(answer))
    return 0


def _median_ms(reader: PlateReader, paths: list[Path]) -> float:
    spent = []
    for path in paths:
        image = load_image(path)
        begin = time.perf_counter()
        reader.read_image(image)
        spent.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(spent), 1)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


if __name__ == "__main__":
    sys.exit(main())
