"""Processes of a session: a supervisor and all that it started."""

import os
import signal
from pathlib import Path


def session_of(leader: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def kill_session(leader: int) -> None:
    """Kill -9 a supervisor and everything below it; of this process last, if it is among them."""
    for pid in sorted(session_of(leader), key=lambda pid: pid == os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
