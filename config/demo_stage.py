"""Where the demo plays: its folder, its time, its processes, its people."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.i18n import gettext as _

if TYPE_CHECKING:
    from config.demo_data import Truth
    from config.demo_people import Person

_PATIENCE = 300.0  # seconds for one stage, on a slow machine
_MOST_STARTS = 20


class DemoError(Exception):
    """The demo cannot go on; the message says what happened."""


@dataclass(slots=True)
class Child:
    """A process of the demo; `keep` starts it again when it died."""

    arguments: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def keep(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            typer.echo(_("a process ended and is started again: {name}").format(name=self.arguments[0]))
        if self.starts > _MOST_STARTS:
            raise DemoError(
                _("{name} does not stay up; see {log}").format(name=self.arguments[0], log=self.log)
            )
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "config.cli", *self.arguments]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603  # our own command
        self.starts += 1

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class Demo:
    home: Path
    samples: Path
    port: int
    children: list[Child] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)
    people: dict[str, "Person"] = field(default_factory=dict)
    truth: "tuple[Truth, ...]" = ()
    start: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"


def free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise DemoError(_("no port is free"))


def set_clock(demo: Demo, after: timedelta) -> None:
    """Let it be `after` the start of the demo's own time."""
    shift = demo.start + after - datetime.now(UTC)
    file = demo.home / "clock"
    temporary = file.with_suffix(".new")
    temporary.write_text(str(shift.total_seconds()), encoding="ascii")
    temporary.replace(file)


def command(*arguments: str) -> None:
    """A command as a person types it."""
    typer.echo(f"$ phatnguoi {' '.join(arguments)}")
    done = subprocess.run([sys.executable, "-m", "config.cli", *arguments], check=False)  # noqa: S603  # our own command
    if done.returncode:
        raise DemoError(
            _("phatnguoi {name} ended with {status}").format(name=arguments[0], status=done.returncode)
        )


def wait(demo: Demo, condition: Callable[[], bool], what: str) -> None:
    """Keep the processes alive until something is so."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        for child in demo.children:
            child.keep()
        if condition():
            return
        if time.monotonic() > deadline:
            raise DemoError(
                _("waited in vain for {what}; see {logs}").format(what=what, logs=demo.home / "logs")
            )
        time.sleep(0.2)
