"""The finder with its real weights: rendered junctions, held-aside photographs, odd images, tracks."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from detection.finder import LABELS, Finder, Found, Image
from detection.geometry import Box
from detection.images import load_image
from detection.training.finder_measure import Score, matched, measure_photographs, measure_rendered
from detection.training.photos import DEFAULT_ROOT, HELD_ASIDE_WEIGHTS, photographs

pytestmark = pytest.mark.camera

CHECKOUT = Path(__file__).resolve().parents[3]
SEED = 41  # below 1000: never trained on
FPS = 8


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


@pytest.fixture(scope="module")
def junction(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few seconds of a rendered junction."""
    folder = tmp_path_factory.mktemp("junction")
    program = [sys.executable, str(CHECKOUT / "samples" / "make_samples.py"), "--seed", str(SEED), "--day"]
    options = ["--seconds", "8", "--fps", str(FPS), "--no-video", "--out", str(folder)]
    subprocess.run([*program, *options], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def frames(junction: Path) -> list[Image]:
    return [load_image(path) for path in sorted((junction / "frames").iterdir())]


def vehicles(found: list[Found]) -> list[Found]:
    return [each for each in found if each.label != "plate"]


def share(score: Score, name: str) -> float:
    tally = score.tallies[name]
    return tally.hits / tally.total


def test_vehicles_and_plates_at_the_stop_line_of_an_unseen_junction(finder: Finder, junction: Path) -> None:
    score = Score()
    measure_rendered(finder, junction, score)
    assert score.tallies["vehicle recall"].total > 20
    assert share(score, "vehicle recall") > 0.9
    assert share(score, "plate recall") > 0.9
    assert share(score, "class right") > 0.9


def test_tracks_follow_vehicles_through_the_junction(
    finder: Finder, junction: Path, frames: list[Image]
) -> None:
    document = json.loads((junction / "expected.json").read_text(encoding="utf-8"))
    finder.reset()
    seen: dict[str, Counter[int]] = {}
    plates: Counter[int] = Counter()
    for number, frame in enumerate(frames):
        tracked = finder.track(frame)
        assert all(each.track is not None for each in tracked)
        plates.update(each.track for each in tracked if each.label == "plate" and each.track is not None)
        here = [each for each in document["vehicles"] if str(number) in each["boxes"]]
        found = vehicles(tracked)
        boxes = [Box(*each["boxes"][str(number)]["vehicle"]) for each in here]
        for index, other in matched(boxes, [each.box for each in found]).items():
            track = found[other].track
            assert track is not None
            seen.setdefault(here[index]["id"], Counter())[track] += 1
    followed = {vehicle: counts for vehicle, counts in seen.items() if counts.total() >= FPS}
    assert len(followed) >= 3
    main = {vehicle: counts.most_common(1)[0] for vehicle, counts in followed.items()}
    kept = sum(times for _, times in main.values()) / sum(counts.total() for counts in followed.values())
    assert kept > 0.9
    assert len({track for track, _ in main.values()}) == len(main)
    assert max(plates.values()) >= FPS  # plates are followed too


def test_a_reset_starts_another_stream(finder: Finder, frames: list[Image]) -> None:
    finder.reset()
    first = finder.track(frames[0])
    finder.track(frames[1])
    finder.reset()
    again = finder.track(frames[0])
    assert again == first
    assert min(each.track for each in again if each.track is not None) == 1


def test_finding_between_tracked_frames_changes_no_track(finder: Finder, frames: list[Image]) -> None:
    finder.reset()
    alone = [finder.track(frame) for frame in frames[:4]]
    finder.reset()
    mixed = []
    for frame in frames[:4]:
        mixed.append(finder.track(frame))
        assert all(each.track is None for each in finder.find([frame])[0])
    assert mixed == alone


def test_a_batch_of_different_sizes_is_what_each_image_gives_alone(
    finder: Finder, frames: list[Image]
) -> None:
    small: Image = frames[3][::2, ::2]
    batch = [frames[0], small, frames[1], frames[2]]
    together = finder.find(batch)
    assert [len(found) for found in together] == [len(finder.find([image])[0]) for image in batch]
    for found, image in zip(together, batch, strict=True):
        for each, alone in zip(found, finder.find([image])[0], strict=True):
            assert each.label == alone.label
            assert each.box.iou(alone.box) > 0.99
    assert finder.find([]) == []


def test_boxes_are_in_pixels_of_the_image_given(finder: Finder, frames: list[Image]) -> None:
    large = cv2.resize(frames[5], None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)  # 8 megapixels
    small, huge = finder.find([frames[5]])[0], finder.find([large.astype(np.uint8)])[0]
    boxes = [Box(*(value / 3 for value in (o.box.x1, o.box.y1, o.box.x2, o.box.y2))) for o in huge]
    sure = [each.box for each in small if each.confidence > 0.5]
    assert len(sure) > 3
    assert len(matched(sure, boxes)) == len(sure)
    for found in huge:
        assert found.label in LABELS
        assert 0 <= found.box.x1 < found.box.x2 <= large.shape[1]
        assert 0 <= found.box.y1 < found.box.y2 <= large.shape[0]
        assert 0 < found.confidence <= 1


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 700, 3), (900, 1, 3), (20, 7, 3), (31, 33, 3)])
def test_tiny_and_thin_images_are_looked_at(finder: Finder, shape: tuple[int, int, int]) -> None:
    image: Image = np.full(shape, 127, np.uint8)
    for found in finder.find([image])[0]:
        assert found.box.x2 <= shape[1]
        assert found.box.y2 <= shape[0]


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((10, 0, 3), np.uint8),
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
    ],
    ids=["empty", "no width", "grey", "with alpha", "floats"],
)
def test_what_is_no_image_is_refused(finder: Finder, image: Any) -> None:
    with pytest.raises(ValueError, match="an image is height x width x 3 bytes"):
        finder.find([image])
    with pytest.raises(ValueError, match="an image is height x width x 3 bytes"):
        finder.track(image)


@pytest.mark.parametrize("size", [0, -32, 100, 641])
def test_an_image_size_the_network_cannot_have_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"multiple of 32, not {size}"):
        Finder(image_size=size)


def test_nothing_is_written_or_asked_outside(tmp_path: Path) -> None:
    """In a process of its own, with an empty home: no settings, no downloads, no output, nothing left."""
    program = """
import sys
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise SystemExit(f"reached for the network: {event} {args}")
sys.addaudithook(refuse)
import numpy as np
from detection.finder import Finder
finder = Finder(image_size=320)
frame = np.full((240, 320, 3), 90, np.uint8)
finder.find([frame]), finder.track(frame)
"""
    for name in ("home", "tmp", "cwd"):
        (tmp_path / name).mkdir()
    environment = {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "cwd",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(
    not DEFAULT_ROOT.is_dir(),
    reason=f"the real photographs are not at {DEFAULT_ROOT}: they are not published",
)
def test_plates_on_photographs_of_places_held_aside() -> None:
    """Every twentieth photograph; `finder_measure` measures all of them for the model card."""
    finder = Finder(weights=HELD_ASIDE_WEIGHTS)
    score = measure_photographs(finder, photographs(side="held_aside")[::20])
    sys.stdout.write(json.dumps(score.as_json()) + "\n")
    assert score.tallies["recall"].total >= 30
    assert share(score, "recall") > 0.9
    assert share(score, "precision") > 0.8


def test_ultralytics_changes_nothing_of_opencv_once_the_finder_is_there() -> None:
    """Else its import divides by zero in OpenCV's threads, which are scaling frames by then."""
    told = (
        "import cv2, detection.finder as finder; before = cv2.getNumThreads(); finder.vendor(); "
        "import ultralytics.utils; print(before, cv2.getNumThreads())"
    )
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    before, after = run.stdout.split()
    assert before == after
