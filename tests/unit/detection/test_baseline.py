"""The baseline of the reading benchmark: its rows in order, and a clear word where pip brings nothing."""

import subprocess
from pathlib import Path

import pytest

from detection.geometry import Box
from detection.training.baseline import BaselineError, in_reading_order, installed


def test_rows_from_the_top_and_each_from_the_left() -> None:
    texts = [
        (Box(60, 50, 110, 90), "3.45"),
        (Box(50, 2, 100, 38), "đ1"),
        (Box(0, 55, 55, 93), "12"),
        (Box(5, 0, 45, 40), "29-"),
    ]
    assert in_reading_order(texts) == "29D112345"


def test_a_slanted_row_is_one_row() -> None:
    texts = [(Box(60, 18, 110, 58), "B"), (Box(0, 5, 50, 45), "A"), (Box(120, 30, 160, 70), "C")]
    assert in_reading_order(texts) == "ABC"


def test_no_text_is_an_empty_one() -> None:
    assert not in_reading_order([])


def test_a_failed_installation_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "no\nindex")

    monkeypatch.setattr(subprocess, "run", refused)
    with pytest.raises(BaselineError, match="no index"):
        installed(tmp_path / "baseline")
    assert list(tmp_path.iterdir()) == []


def test_a_changed_checkpoint_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "fastanpr").mkdir()
    (tmp_path / "fastanpr/best.pt").write_bytes(b"other")
    with pytest.raises(BaselineError, match="SHA-256"):
        installed(tmp_path)
