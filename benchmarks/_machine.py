"""On what a benchmark ran: every one of them says it with its figures."""

import os
import platform
import resource
from importlib.metadata import version
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """The processor, how many of them, how busy they were at the end, and the Python."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cpus": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


def versions(*distributions: str) -> dict[str, str]:
    """The installed version of each."""
    return {name: version(name) for name in distributions}


def resident_mb(pid: int | None = None) -> float:
    """Memory that a process holds now; of this one by default."""
    of = pid or os.getpid()
    pages = int(Path(f"/proc/{of}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20
