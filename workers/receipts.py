"""Payments: every statement of the treasury is taken line by line, then moved to treasury/done.

A file is moved after its last line was recorded, and a line is known by its transaction: killed in between
or read twice, nothing is lost or counted twice. Each file's count and sum are kept with what came of it.
"""

import hashlib
import logging
from collections import Counter
from pathlib import Path

from django.db import InterfaceError, OperationalError

from workers.gateways.treasury import Reading
from workers.inbox import InboxError, arrivals, folder_of, move, refuse, text_of
from workflow import clock, payments, quarantine
from workflow.case import CaseError
from workflow.models import Quarantine, Statement

log = logging.getLogger("phatnguoi.workers.receipts")


def take_payments() -> int:
    """Take every file that lies there; gives how many payments were recorded."""
    folder = folder_of("treasury")
    recorded = 0
    for path in arrivals(folder / "in", ".csv"):
        try:
            recorded += _take(path)
        except FileNotFoundError:  # another machine's sweep took it
            continue
        except InboxError as fault:
            refuse(path, folder / "refused", Quarantine.Kind.PAYMENT, fault)
            continue
        move(path, folder / "done")
    return recorded


def _take(path: Path) -> int:
    text = text_of(path)
    reading, became = Reading.of(text), Counter[str]()
    for line in reading.payments:
        try:
            became[payments.receive(line)] += 1
        except CaseError as fault:
            became["refused"] += 1
            _quarantine(line.transaction, "case_refuses", fault, path)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the next sweep reads the file again
        except Exception as fault:  # one line must keep neither the others nor the next files waiting
            log.exception("%s", line)
            became["refused"] += 1
            _quarantine(line.transaction, "bad_line", f"{type(fault).__name__}: {fault}; {line}", path)
    for bad in reading.bad:
        # The digest tells lines apart where another day's file has the same name.
        _quarantine(f"{path.name}:{bad.number}:{_digest(bad.text)[:12]}", "bad_line", bad.reason, path)
    if wrong := reading.fault():
        _quarantine(f"{path.name}:{_digest(text)[:12]}", "totals", wrong, path)
    statement = _statement(path, text, reading, became)
    log.info("%s", statement)
    return became["recorded"]


def _statement(path: Path, text: str, reading: Reading, became: Counter[str]) -> Statement:
    """What the file held and what became of it; of a file read twice the first account stands."""
    statement, _made = Statement.objects.get_or_create(
        sha256=_digest(text),
        defaults={
            "name": path.name[-200:],
            "taken_at": clock.now(),
            "lines": len(reading.payments) + len(reading.bad),
            "amount": reading.amount,
            "told_lines": reading.total.lines if reading.total else None,
            "told_amount": reading.total.amount if reading.total else None,
            "recorded": became["recorded"],
            "known": became["known"],
            "unmatched": became["unmatched"],
            "bad": len(reading.bad) + became["refused"],
        },
    )
    return statement


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _quarantine(subject: str, code: str, reason: object, path: Path) -> None:
    log.warning("%s: %s", subject, reason)
    quarantine.put(Quarantine.Kind.PAYMENT, subject[-200:], code, f"{subject}: {reason}", str(path))
