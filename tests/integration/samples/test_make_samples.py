from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np

from samples.make_samples import parse, render

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ["--seconds", "0.4", "--size", "320x180", "--no-video"]


def _render(out: Path, *arguments: str) -> dict[str, bytes]:
    render(parse(["--out", str(out), *SMALL, *arguments]))
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }


def test_the_same_arguments_give_the_same_bytes_in_a_used_folder_too(tmp_path: Path) -> None:
    first = _render(tmp_path / "a", "--seed", "4", "--day")
    left_over = tmp_path / "b" / "frames" / "000999.jpg"
    left_over.parent.mkdir(parents=True)
    left_over.write_bytes(b"of a longer clip")
    assert first == _render(tmp_path / "b", "--seed", "4", "--day")
    assert first["frames/000002.jpg"] != first["frames/000003.jpg"]
    expected = json.loads(first["expected.json"])
    assert expected["frames"]["count"] == len([name for name in first if name.endswith(".jpg")]) == 5
    assert expected["frames"]["start"] == "2026-10-25T07:00:00+07:00"


def test_night_is_darker_at_the_same_junction(tmp_path: Path) -> None:
    day = _render(tmp_path / "day", "--seed", "4", "--day", "--seconds", "0.1")
    night = _render(tmp_path / "night", "--seed", "4", "--night", "--seconds", "0.1")
    assert night["camera.toml"] == day["camera.toml"]
    levels = [
        np.mean(
            np.asarray(
                cv2.imdecode(np.frombuffer(files["frames/000000.jpg"], np.uint8), cv2.IMREAD_GRAYSCALE)
            )
        )
        for files in (night, day)
    ]
    assert levels[0] < 0.6 * levels[1]
