"""Real servers of a test's or a benchmark's own: PostgreSQL in a folder, run by a user that is not root."""

import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

INSTALL = "as root, on Debian: apt-get install {} (make test does it itself when it runs as root)"


class ServerError(Exception):
    """A server that is missing or does not start; the message says why."""


@dataclass(frozen=True)
class Postgres:
    """A private PostgreSQL server in its own folder."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Of the maintenance database; superuser, no password."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """Of the process whose children serve the connections."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def run(self, program: str, *arguments: str) -> None:
        as_root = os.geteuid() == 0
        with (self.folder / f"{program}.log").open("w+") as log:
            done = subprocess.run(
                [self.programs / program, *arguments],
                cwd=self.folder,
                # PostgreSQL refuses to run as root; Debian's package brings this user.
                user="postgres" if as_root else None,
                group="postgres" if as_root else None,
                extra_groups=[] if as_root else None,
                env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # a pipe would be held open by the server it leaves
                stderr=log,
                check=False,
            )
            log.seek(0)
            if done.returncode != 0:
                raise ServerError(f"{program} ended with {done.returncode}: {log.read()}{self._server_log()}")

    def _server_log(self) -> str:
        log = self.folder / "server.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def start(self) -> None:
        self.run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -F -c fsync=off -c full_page_writes=off"
        # -w returns as soon as the server answers
        log = str(self.folder / "server.log")
        self.run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", settings, "start")

    def restart(self) -> None:
        """As after a crash: every connection is cut at once, nothing is written down first."""
        log = str(self.folder / "server.log")
        self.run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "-l", log, "restart")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")


def free_port() -> int:
    """A port that nobody listens on now.

    Not one that the kernel gives to clients: such a one could be taken before the server has it, or while it
    restarts.
    """
    clients_from = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    while True:
        port = random.randrange(10_000, max(clients_from, 20_000))
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running server, stopped and removed afterwards.

    Raises:
        ServerError: PostgreSQL is missing or does not start.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise ServerError("PostgreSQL is missing: " + INSTALL.format("postgresql"))
    # not under pytest's own folder, which root closes to others; and short, as a unix socket's path has to be
    folder = Path(tempfile.mkdtemp(prefix="phatnguoi-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = Postgres(found[-1].parent, folder, free_port())
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
