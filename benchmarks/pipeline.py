"""Frames per second of 1080p video through decoder, finder, tracker and reader. Last line: JSON.

`python benchmarks/pipeline.py [--frames N] [--parity [--photographs FOLDER]]`

End to end is `detection.pipeline.read_frames` over a video made here from the committed clip (1920 x 1080,
MPEG-4 part 2: OpenCV's wheel has no H.264 encoder): every frame decoded, searched at 640 pixels and tracked,
every plate followed in it put through the reading network once, and each plate's text decoded once from the
BEST frames where it is surest. `bare_fps` is the rate of the networks alone: the same numbers of frames
and of plate crops, already in the networks' own sizes, in the same batches and by as many threads. The two
take turns, so that a busy machine slows both. `far` repeats it with the sizes for far plates. `--parity` also
compares the plate texts of exported networks and of PyTorch's on the training side of the photographs.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks itself is not installed

from benchmarks._machine import machine, resident_mb, versions
from detection.camera import CameraProfile, load_profile
from detection.decoding import decode
from detection.exported import ExportedNetwork
from detection.finder import Finder
from detection.finder_network import letterboxed
from detection.overlap import in_order
from detection.pipeline import READ_TOGETHER, SeenFrame, read_frames
from detection.reader import BATCH, Reader, Scores
from detection.reader_network import HEIGHT, WIDTH
from detection.sources import Frame, FrameSource
from detection.weights import weights_of

JUNCTION = Path(__file__).resolve().parents[1] / "samples/junction"
SIZE = 1920, 1080
MODE, FAR_MODES = 640, (960, 1280)
AT_LEAST = 100  # frames of a far mode
# Frames end to end, then as many through the bare networks. A stream begins and ends seldom: few long rounds.
ROUND = 500
PREPARED = 8  # different inputs for the bare networks
BEST = 4  # frames of a plate that its text is decoded from
SEED = 20261124
WARM_UP = 30
PACKAGES = ("openvino", "opencv-python-headless", "torch", "ultralytics-opencv-headless", "easyocr")


@dataclass(frozen=True, slots=True)
class Mode:
    """What one process measures."""

    video: Path
    image_size: int
    frames: int


class Spent:
    """Seconds spent in `with` blocks: of each on the clock, of all on the processors.

    The processors' time is nearly the same on a busy machine, the clock's is not.
    """

    def __init__(self) -> None:
        self.walls: list[float] = []
        self.processor = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def __exit__(self, *raised: object) -> None:
        self.walls.append(time.perf_counter() - self._begun[0])
        self.processor += time.process_time() - self._begun[1]


class Bare:
    """The product's networks alone, on inputs prepared before."""

    def __init__(self, finder: Finder, reader: Reader, frames: list[Frame], image_size: int) -> None:
        self._finder = _exported(finder)
        self._reader = _exported(reader)
        self._inputs = [letterboxed(frame.image, image_size)[0][np.newaxis] for frame in frames]
        self._crops = np.random.default_rng(SEED).integers(0, 256, (BATCH, HEIGHT, WIDTH, 1), np.uint8)

    def run(self, plates: list[int]) -> None:
        """So many frames with so many plates each."""
        for _ in in_order(self._read, self._searched(plates), workers=1):
            pass

    def _searched(self, plates: list[int]) -> Iterator[list[int]]:
        """The plates of READ_TOGETHER frames, each time those went through the finder."""
        inputs = (self._inputs[number % PREPARED] for number in range(len(plates)))
        searched = zip(plates, in_order(self._finder.run, inputs, workers=self._finder.workers), strict=True)
        while group := [number for number, _ in islice(searched, READ_TOGETHER)]:
            yield group

    def _read(self, plates: list[int]) -> None:
        workers = self._reader.workers
        size = min(BATCH, -(-sum(plates) // workers))
        sizes = (min(size, sum(plates) - start) for start in range(0, sum(plates), max(size, 1)))
        batches = (self._crops[:number] for number in sizes)
        for _ in in_order(self._reader.run, batches, workers=workers):
            pass


def measure(mode: Mode) -> dict[str, Any]:
    """One mode's figures; runs in a process of its own, for its memory."""
    finder, reader = Finder(image_size=mode.image_size), Reader()
    frames = _endless(mode.video)
    first = list(islice(frames, WARM_UP))
    for _ in read_frames(first, finder, reader):
        pass
    bare = Bare(finder, reader, first[:PREPARED], mode.image_size)
    del first
    bare.run([4] * WARM_UP)
    ours, theirs = Spent(), Spent()
    done = read = decoded = 0
    resident: dict[str, int] = {}
    while done < mode.frames:
        amount = min(ROUND, mode.frames - done)
        with ours:
            plates, found = texts(read_frames(islice(frames, amount), finder, reader))
        resident |= {
            f"{part} %": round(resident_mb())
            for part in (10, 50, 100)
            if done < part * mode.frames / 100 <= done + amount
        }
        with theirs:
            bare.run(plates)
        done, read, decoded = done + amount, read + sum(plates), decoded + found
    return {
        "image_size": mode.image_size,
        "frames": mode.frames,
        "plates_read": read,
        "texts_decoded": decoded,
        "fps": round(mode.frames / sum(ours.walls), 2),
        "bare_fps": round(mode.frames / sum(theirs.walls), 2),
        "ratio": round(sum(theirs.walls) / sum(ours.walls), 3),
        "ratio_median": round(median(b / o for b, o in zip(theirs.walls, ours.walls, strict=True)), 3),
        "cpu_ms": round(1000 * ours.processor / mode.frames, 1),
        "bare_cpu_ms": round(1000 * theirs.processor / mode.frames, 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "rss_mb": resident,
    }


def texts(frames: Iterator[SeenFrame]) -> tuple[list[int], int]:
    """How many plates each frame had, and how many of different tracks were decoded."""
    plates: list[int] = []
    best: dict[int, list[tuple[float, int, Scores]]] = {}
    for seen in frames:
        plates.append(len(seen.plates))
        for plate, scores in seen.plates:
            sights = best.setdefault(plate.track or 0, [])
            sights.append((plate.confidence, seen.frame.index, scores))
            sights.sort(reverse=True, key=lambda sight: sight[:2])
            del sights[BEST:]
    for sights in best.values():
        decode([scores for _, _, scores in sights])
    return plates, len(best)


def _exported(part: Finder | Reader) -> ExportedNetwork:
    network: Any = part._network  # noqa: SLF001 - only a benchmark wants the network without what is around it
    exported: ExportedNetwork = network._network  # noqa: SLF001 - the same
    return exported


def _endless(video: Path) -> Iterator[Frame]:
    """The clip over and over, through the product's own source, numbered on."""
    numbers = count()
    while True:
        for frame in FrameSource(str(video), _profile()):
            yield replace(frame, index=next(numbers))


def _profile() -> CameraProfile:
    profile = load_profile(JUNCTION / "camera.toml")
    return replace(profile, frames=replace(profile.frames, width=SIZE[0], height=SIZE[1]))


def make_video(path: Path) -> None:
    """The committed clip at SIZE."""
    source = FrameSource(str(JUNCTION / "video.mp4"), load_profile(JUNCTION / "camera.toml"))
    code = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, source.profile.frames.fps, SIZE)
    for frame in source:
        writer.write(cv2.resize(frame.image, SIZE, interpolation=cv2.INTER_CUBIC))
    writer.release()


def parity(root: Path) -> dict[str, Any]:
    """On how many photographs the exported networks and PyTorch's give the same texts of plates."""
    from detection.images import load_image
    from detection.reading import PlateReader
    from detection.training.finder_measure import wilson
    from detection.training.photos import photographs

    exported = PlateReader(Finder(), Reader())
    torch = PlateReader(Finder(backend="torch"), Reader(backend="torch"))

    def same(path: Path) -> bool:
        image = load_image(path)
        texts = [sorted(one.text for one in each.read_image(image)) for each in (exported, torch)]
        return texts[0] == texts[1]

    paths = [photograph.path for photograph in photographs(root, side="training")]
    answers = list(in_order(same, paths, workers=2))
    low, high = wilson(sum(answers), len(answers))
    return {
        "photographs": len(answers),
        "same_texts": sum(answers),
        "share": round(sum(answers) / len(answers), 4),
        "wilson_95": [round(low, 4), round(high, 4)],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--frames", type=int, default=600, help="at 640 pixels; a quarter for far plates")
    parser.add_argument("--parity", action="store_true", help="compare exported networks with PyTorch's")
    parser.add_argument("--photographs", type=Path, default=None, help="folder that holds labels.csv")
    given = parser.parse_args()
    answer: dict[str, Any] = {"benchmark": "pipeline", "seed": SEED}
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "1080p.mp4"
        make_video(video)
        modes = [Mode(video, MODE, given.frames)]
        modes += [Mode(video, size, max(AT_LEAST, given.frames // 4)) for size in FAR_MODES]
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as processes:
            figures = []
            for figure in processes.map(measure, modes):
                print(json.dumps(figure), flush=True)
                figures.append(figure)
    answer |= figures[0] | {"far": figures[1:]}
    if given.parity:
        from detection.training.photos import DEFAULT_ROOT, DataError

        try:
            answer["parity"] = parity(given.photographs or DEFAULT_ROOT)
        except DataError as error:
            print(error, file=sys.stderr)
            return 2
    answer |= {"video": "1920 x 1080, MPEG-4 part 2", "machine": machine()}
    answer["versions"] = versions(*PACKAGES)
    answer["weights"] = {name: weights_of(name).sha256 for name in ("finder-openvino", "reader-openvino")}
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
