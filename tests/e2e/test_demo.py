"""The demo as a person runs it, with its worker killed in the middle: it ends 0, nothing is doubled."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers import free_port

ROOT = Path(__file__).parents[2]


GONE = (FileNotFoundError, ProcessLookupError)  # a process may end while it is looked at
SECONDS = 120.0  # a demo that has no worker for so long is broken


def _children(pid: int) -> list[int]:
    with suppress(*GONE):
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [int(child) for child in listed]
    return []


def _worker_of(pid: int) -> int:
    """Also while the demo is about to start it again."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for child in _children(pid):
            with suppress(*GONE):
                if b"worker" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                    return child
        time.sleep(0.05)  # between two looks
    raise AssertionError("the demo runs no worker")


def _kill_tree(pid: int) -> None:
    for child in _children(pid):
        _kill_tree(child)
    with suppress(*GONE):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.camera
def test_the_demo_survives_the_death_of_its_worker(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    options = ["--once", "--home", str(home), "--port", str(free_port())]
    command = [sys.executable, "-m", "config.cli", "demo", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PHATNGUOI_")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        seen = []
        for line in demo.stdout:
            seen.append(line)
            if re.match(r"[35]\. ", line):  # while cases wait for extraction's end, and for letters
                _kill_tree(_worker_of(demo.pid))
    output = "".join(seen)
    assert demo.returncode == 0, output
    assert "is started again" in output or "được khởi động lại" in output

    database = sqlite3.connect(home / "phatnguoi.sqlite3")
    ends = dict(database.execute("SELECT outcome, count(*) FROM workflow_case GROUP BY outcome"))
    assert ends["paid"] == 1
    assert ends["emergency_on_duty"] == 1
    assert database.execute("SELECT count(*) FROM workflow_case WHERE overdue").fetchone()[0] >= 1
    notices = sorted((home / "notices").glob("*.pdf"))
    assert (
        len(notices)
        == database.execute("SELECT last FROM workflow_series WHERE name = 'notice'").fetchone()[0] - 1
    )
    slips = {path.read_bytes() for path in (home / "files" / "slips").glob("*.pdf")}
    letters = [path.read_bytes() for path in (home / "post" / "out").glob("*/letter.pdf")]
    others = [letter for letter in letters if letter not in slips]
    assert len(others) == len(notices) + 1  # each notice once, and one letter that withdraws
    assert len(slips) == 1  # the points of the owner who paid, by form 02/73
    sent = database.execute("SELECT count(*) FROM workflow_caseevent WHERE type = 'NoticeSent'").fetchone()[0]
    assert sent == len(notices)
    for notice in notices:
        check = [sys.executable, "-m", "config.cli", "verify", str(notice), "--trust", str(home / "trust")]
        assert subprocess.run(check, cwd=ROOT, env=environment, check=False).returncode == 0
