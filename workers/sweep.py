"""What the centre does by itself every minute: due clocks, reports of the post, payments, the daily root.

Any machine may do it, several at once too: each part can be repeated and killed.
"""

import logging

from workers import deliveries, receipts
from workflow import audit, clock
from workflow import sweep as clocks
from workflow.law.deadlines import local

log = logging.getLogger("phatnguoi.workers.sweep")

_BATCH = 1000


def sweep_all() -> None:
    """Do every part; a part that fails is tried again by the next sweep and keeps no other part waiting."""
    for part in (_elapse, deliveries.take_reports, receipts.take_payments, _write_root):
        try:
            part()
        except Exception:  # one broken part must stop neither the others nor the relay
            log.exception("%s failed; the next sweep tries again", part.__name__)


def _elapse() -> None:
    while True:
        swept = clocks.sweep(_BATCH)
        for fault in swept.faults:
            log.warning("a due clock could not elapse: case %s", fault)
        if swept.elapsed:
            log.info("%d legal clocks elapsed", swept.elapsed)
        if swept.elapsed < _BATCH:
            return


def _write_root() -> None:
    audit.write_daily_root(local(clock.now()).date())
