"""What bodies with an address must be asked for: payment statements and delivery reports, day by day.

Each answer is laid into the inbox as a file, and goes the same way as one that came by itself. A day is
asked for again while it may still grow. Any machine may fetch, several at once too: the same answer is the
same file.

A day whose answer cannot be stands in the quarantine and keeps no later day waiting. It is asked for at every
round until a good answer closes its entry, or a person does.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import rfc8785
from django.db import close_old_connections
from django.db.models import QuerySet

from workers.gateways.faults import BadContent, GatewayRefused, GatewayUnavailable
from workers.gateways.once import put_file
from workers.gateways.post import post
from workers.gateways.treasury import treasury
from workers.inbox import folder_of
from workflow import clock, quarantine
from workflow.law.deadlines import local
from workflow.models import Quarantine

log = logging.getLogger("phatnguoi.workers.fetching")

AGAIN = timedelta(days=3)  # how long a day's answer may still grow; configured, not law
_FIRST = timedelta(days=7)  # where nothing was ever fetched
_MOST = 31  # days in one round
_EVERY = 300.0  # seconds

Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class _Body:
    name: str
    kind: Quarantine.Kind
    inbox: Path
    ask: Callable[[date], Files | None]

    def subject(self, day: date | str) -> str:
        return f"{self.name} {day}"

    def bad_days(self, **which: object) -> QuerySet[Quarantine]:
        return Quarantine.objects.filter(kind=self.kind, code=quarantine.BAD_DAY, **which)


def fetch_all() -> None:
    """Ask every body once; one that does not answer keeps none waiting and is asked again."""
    for body in (
        _Body("treasury", Quarantine.Kind.PAYMENT, folder_of("treasury") / "in", _statement),
        _Body("post", Quarantine.Kind.DELIVERY, folder_of("post") / "receipts", _reports),
    ):
        try:
            _fetch(body)
        except (GatewayUnavailable, OSError) as fault:
            log.warning("%s: %s; asked again in %d s", body.name, fault, _EVERY)


def keep_fetching(stopped: threading.Event) -> threading.Thread:
    """Fetch every few minutes in a thread of its own: a slow body must not keep the relay waiting."""

    def run() -> None:
        while not stopped.is_set():
            close_old_connections()
            try:
                fetch_all()
            except Exception:  # the thread must live as long as the supervisor
                log.exception("fetching failed; tried again")
            stopped.wait(_EVERY)

    thread = threading.Thread(target=run, name="fetching", daemon=True)
    thread.start()
    return thread


def _fetch(body: _Body) -> None:
    marker, today = body.inbox / ".fetched", local(clock.now()).date()
    last = date.fromisoformat(marker.read_text(encoding="ascii")) if marker.exists() else today - _FIRST
    first = day = min(last, today) - AGAIN
    for _ in range(_MOST):
        if not _fetch_day(body, day):
            return
        if day > last:
            put_file(marker, day.isoformat().encode("ascii"))
        if day >= today:
            break
        day += timedelta(days=1)
    waiting = body.bad_days(resolved_at=None, subject__lt=body.subject(first))
    for subject in waiting.order_by("pk").values_list("subject", flat=True):
        _fetch_day(body, date.fromisoformat(subject.removeprefix(body.subject(""))))


def _fetch_day(body: _Body, day: date) -> bool:
    """Ask for one day; False where there is nobody to ask, since files come by themselves."""
    subject = body.subject(day)
    try:
        found = body.ask(day)
    except (BadContent, GatewayRefused) as fault:
        log.warning("%s: %s", subject, fault)
        if not body.bad_days(subject=subject, resolution="refused").exists():
            quarantine.put(body.kind, subject, quarantine.BAD_DAY, f"{subject}: {fault}")
        return True
    if found is None:
        return False
    for name, content in found:
        if not any((folder / name).exists() for folder in _places(body.inbox)):
            put_file(body.inbox / name, content)
    for entry in body.bad_days(subject=subject, resolved_at=None):
        quarantine.close(entry, "released", "gateway", "a later answer was good")
    return True


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
