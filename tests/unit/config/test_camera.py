"""What a watch tells at its end."""

import pytest
from typer.testing import CliRunner

from config import camera
from config.cli import app
from detection.rules import NoSuspicion
from detection.watch import WatchSummary


def test_a_watch_tells_who_was_not_suspected_and_what_the_lamps_showed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exchanged boxes of red and green show there, and nowhere else: nobody is accused, or everybody."""
    monkeypatch.setattr(camera, "_", str)
    summary = WatchSummary(
        frames=300,
        vehicles=9,
        packages=1,
        repeated=0,
        refused={"wrong_size": 4},
        unsuspected={NoSuspicion.NOT_RED: 5, NoSuspicion.NOT_CROSSED: 3},
        phases={"green": 200, "red": 90, "unknown": 10},
    )
    lines = camera.told(summary)
    assert lines[2:4] == ["  left out: 4 (wrong_size)", f"  not suspected: 3 ({_words('not_crossed')})"]
    assert lines[4] == f"  not suspected: 5 ({_words('not_red')})"
    assert lines[5] == "frames by lamp: green 200, amber 0, red 90, none 0, unclear 10"


def _words(reason: str) -> str:
    return camera._UNSUSPECTED[reason]


def test_every_reason_has_its_words() -> None:
    assert set(camera._UNSUSPECTED) == set(NoSuspicion)


@pytest.mark.parametrize(("refused", "status"), [({"stream_lost": 1}, 1), ({"wrong_size": 2}, 0), ({}, 0)])
def test_a_lost_stream_is_no_good_end_so_that_a_supervisor_starts_it_again(
    monkeypatch: pytest.MonkeyPatch, refused: dict[str, int], status: int
) -> None:
    summary = WatchSummary(
        frames=3, vehicles=0, packages=0, repeated=0, refused=refused, unsuspected={}, phases={}
    )
    monkeypatch.setattr(camera, "watch_source", lambda *_: summary)
    said = CliRunner().invoke(app, ["watch", "rtsp://127.0.0.1/live", "--camera", "c.toml", "--spool", "s"])
    assert said.exit_code == status
