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
