"""`phatnguoi demo`: the whole way on rendered samples, with real processes and real pages.

The demo lives in its own time: the clock of its folder starts two hours after the recording and is moved on,
so that days pass between sending, appearing, paying and the end of a deadline.
"""

import fcntl
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from config.demo_stage import Demo, DemoError, free_port
from config.demo_story import OFFICERS, tell
from config.i18n import gettext as _

_MARKER = ".phatnguoi-demo"


def run_demo(home: Path, samples: Path, *, once: bool, port: int) -> int:
    """Run the demo in an emptied folder; gives the exit status."""
    home = home.resolve()
    for name in ("video.mp4", "camera.toml", "expected.json"):
        if not (samples / name).exists():
            typer.echo(
                _("{path} is missing; render it with samples/make_samples.py").format(path=samples / name)
            )
            return 2
    try:
        with _alone(home):
            _empty(home)
            demo = Demo(home, samples, free_port(port))
            try:
                tell(demo)
                if not once:
                    _serve(demo)
            finally:
                for child in reversed(demo.children):
                    child.end()
    except DemoError as error:
        typer.echo(str(error), err=True)
        return 1
    return 0


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_name(f".{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(_("another demo is running in {home}").format(home=home)) from None
        yield


def _empty(home: Path) -> None:
    if home.exists() and any(home.iterdir()) and not (home / _MARKER).exists():
        raise DemoError(_("{home} is no demo's folder: it is not emptied").format(home=home))
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / _MARKER).touch()


def _serve(demo: Demo) -> None:
    typer.echo(_("Look-up: {address}").format(address=f"{demo.base}/tra-cuu"))
    typer.echo(_("Console: {address}").format(address=f"{demo.base}/console/"))
    for username, name, roles in OFFICERS:
        typer.echo(f"  {username:10} {demo.passwords[username]}  {name} ({roles})")
    typer.echo(_("Ctrl-C ends the demo."))
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: stopped.append(got))
    while not stopped:
        for child in demo.children:
            child.keep()
        time.sleep(0.5)
