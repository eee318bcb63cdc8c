"""The home folder of an empty installation."""

import stat
from pathlib import Path

import pytest

from config import start


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def test_a_home_is_closed_to_other_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, addresses, evidence and password digests lie there."""
    monkeypatch.setenv("PHATNGUOI_HOME", str(tmp_path / "var" / "centre"))
    home = start.prepare_home()
    assert (mode(home), mode(home / "keys")) == (0o700, 0o700)
    home.chmod(0o750)  # an operator's own choice stands
    start.prepare_home()
    assert mode(home) == 0o750


def test_a_secret_that_a_killed_init_left_empty_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHATNGUOI_HOME", str(tmp_path))
    secret = tmp_path / "keys" / "secret.key"
    secret.parent.mkdir()
    secret.touch()
    start.prepare_home()
    made = secret.read_text(encoding="ascii")
    assert (len(made) > 50, mode(secret)) == (True, 0o600)
    start.prepare_home()
    assert secret.read_text(encoding="ascii") == made
