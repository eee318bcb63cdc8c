"""Payments: every file of the treasury is taken line by line, then moved to treasury/done.

A file is moved after its last line was recorded, and a line is known by its transaction: killed in between or
read twice, nothing is lost or counted twice.
"""

import hashlib
import logging
from pathlib import Path

from django.conf import settings

from workers.gateways.treasury import BadLine, lines_of
from workers.inbox import InboxError, arrivals, move, text_of
from workflow import payments, quarantine
from workflow.models import Quarantine

log = logging.getLogger("phatnguoi.workers.receipts")


def take_payments() -> int:
    """Take every file that lies there; gives how many payments were recorded."""
    folder = settings.PHATNGUOI_TREASURY
    recorded = 0
    for path in arrivals(folder / "in", ".csv"):
        try:
            recorded += _take(path)
        except FileNotFoundError:  # another machine's sweep took it
            continue
        except InboxError as fault:
            refused = move(path, folder / "refused")
            _quarantine(refused.name, fault, refused)
            continue
        move(path, folder / "done")
    return recorded


def _take(path: Path) -> int:
    recorded = 0
    for line in lines_of(text_of(path)):
        if isinstance(line, BadLine):
            # The digest tells lines apart where another day's file has the same name.
            digest = hashlib.sha256(line.text.encode()).hexdigest()[:12]
            _quarantine(f"{path.name}:{line.number}:{digest}", line.reason, path)
        elif payments.receive(line) == "recorded":
            recorded += 1
    return recorded


def _quarantine(subject: str, reason: object, path: Path) -> None:
    log.warning("%s: %s", subject, reason)
    quarantine.put(Quarantine.Kind.PAYMENT, subject[-200:], "bad_line", f"{subject}: {reason}", str(path))
