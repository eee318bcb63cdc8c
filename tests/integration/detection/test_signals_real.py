"""The lamps of two real junctions of Hà Nội, frame by frame, against what a person wrote down.

The clips are not part of the project: without ../shared/data/video the test is skipped.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from detection.camera import load_profile
from detection.signals import SignalReader
from detection.sources import FrameSource

HERE = Path(__file__).parent
VIDEOS = Path(__file__).parents[4] / "shared/data/video"
# the annotator's words; Giảng Võ has no working amber lamp: all three are dark between green and red
STATES = {"yellow": "amber", "dark(amber phase)": "dark"}
FLOOR = 0.99  # measured 383 of 384 and 384 of 384


@pytest.mark.skipif(not VIDEOS.is_dir(), reason=f"no real clips in {VIDEOS}")
@pytest.mark.parametrize(
    ("clip", "profile"),
    [
        ("hn_giangvo_langha_redlight_16h15.mp4", "giangvo_langha.toml"),
        ("hn_lythuongkiet_hangbai_redlight_16h30.mp4", "lythuongkiet_hangbai.toml"),
    ],
)
def test_lamps_of_a_real_junction(clip: str, profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    with (VIDEOS / "signal_state.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["video"] == clip]
    truth = {int(row["frame"]): STATES.get(row["state"], row["state"]) for row in rows}
    camera = load_profile(HERE / "profiles" / profile)
    reader = SignalReader(camera.lamps)
    counts: Counter[tuple[str, str]] = Counter()
    times = []
    for frame in FrameSource(str(VIDEOS / clip), camera):
        counts[truth[frame.index], reader.see(frame.at, frame.image)] += 1
        times.append(frame.at)
    with capsys.disabled():
        print(f"\n{clip}: annotated, measured: frames")  # noqa: T201 - the figures are what this test is for
        for (annotated, measured), count in sorted(counts.items()):
            print(f"  {annotated:6} {measured:8} {count}")  # noqa: T201 - the same
    assert counts.total() == len(truth) == 384
    assert sum(n for (annotated, measured), n in counts.items() if annotated == measured) >= FLOOR * len(
        truth
    )
    false_red = sum(n for (annotated, measured), n in counts.items() if measured == "red" != annotated)
    assert false_red == 0
    # over frames nothing is wrong: every change of phase is found in the frame where it was seen to happen
    measured_spans = [
        (span.phase, times.index(span.start), times.index(span.end)) for span in reader.timeline.spans
    ]
    assert measured_spans == _spans(truth)


def _spans(truth: dict[int, str]) -> list[tuple[str, int, int]]:
    starts = [n for n in truth if n == 0 or truth[n] != truth[n - 1]]
    return [
        (truth[start], start, end - 1) for start, end in zip(starts, [*starts[1:], len(truth)], strict=True)
    ]
