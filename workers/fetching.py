"""What bodies with an address must be asked for: payment statements and delivery reports, day by day.

Each answer is laid into the inbox as a file, and goes the same way as one that came by itself. A day is
asked for again while it may still grow. Any machine may fetch, several at once too: the same answer is the
same file.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import rfc8785

from workers.gateways.faults import GatewayRefused, GatewayUnavailable
from workers.gateways.once import put_file
from workers.gateways.post import post
from workers.gateways.treasury import treasury
from workers.inbox import folder_of
from workflow import clock
from workflow.law.deadlines import local

log = logging.getLogger("phatnguoi.workers.fetching")

AGAIN = timedelta(days=3)  # how long a day's answer may still grow; configured, not law
_FIRST = timedelta(days=7)  # where nothing was ever fetched
_MOST = 31  # days in one round
_EVERY = 300.0  # seconds


def fetch_all() -> None:
    """Ask every body once; one that does not answer keeps none waiting and is asked again."""
    for name, inbox, ask in (
        ("treasury", folder_of("treasury") / "in", _statement),
        ("post", folder_of("post") / "receipts", _reports),
    ):
        try:
            _fetch(inbox, ask)
        except (GatewayUnavailable, GatewayRefused, OSError) as fault:
            log.warning("%s: %s; asked again in %d s", name, fault, _EVERY)


def keep_fetching(stopped: threading.Event) -> threading.Thread:
    """Fetch every few minutes in a thread of its own: a slow body must not keep the relay waiting."""

    def run() -> None:
        while not stopped.is_set():
            try:
                fetch_all()
            except Exception:  # the thread must live as long as the supervisor
                log.exception("fetching failed; tried again")
            stopped.wait(_EVERY)

    thread = threading.Thread(target=run, name="fetching", daemon=True)
    thread.start()
    return thread


Files = Iterator[tuple[str, bytes]]


def _fetch(inbox: Path, ask: Callable[[date], Files | None]) -> None:
    marker, today = inbox / ".fetched", local(clock.now()).date()
    last = date.fromisoformat(marker.read_text(encoding="ascii")) if marker.exists() else today - _FIRST
    day = min(last, today) - AGAIN
    for _ in range(_MOST):
        found = ask(day)
        if found is None:
            return
        for name, content in found:
            if not any((folder / name).exists() for folder in _places(inbox)):
                put_file(inbox / name, content)
        if day > last:
            put_file(marker, day.isoformat().encode("ascii"))
        if day >= today:
            return
        day += timedelta(days=1)


def _places(inbox: Path) -> tuple[Path, ...]:
    """Where a file that came once may lie."""
    home = inbox.parent if inbox.name == "in" else inbox
    return inbox, home / "done", home / "refused"


def _statement(day: date) -> Files | None:
    text = treasury().statement(day)
    if text is None:
        return None
    content = text.encode()
    return iter([(f"statement-{day.isoformat()}-{_digest(content)}.csv", content)])


def _reports(day: date) -> Files | None:
    reports = post().reports(day)
    if reports is None:
        return None
    contents = [rfc8785.dumps(report) for report in reports]
    return ((f"report-{day.isoformat()}-{_digest(content)}.json", content) for content in contents)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
