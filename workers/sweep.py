"""What the centre does by itself every minute: due clocks, reports of the post, payments, the daily root.

Any machine may do it, several at once too: each part can be repeated and killed.
"""

import logging

from workers import deliveries, receipts
from workflow import audit, clock
from workflow import sweep as clocks
from workflow.law.deadlines import local

log = logging.getLogger("phatnguoi.workers.sweep")

_BATCH = 500  # cases; letters must not wait long for the clocks


def sweep_all() -> bool:
    """Do every part; one that fails is tried again by the next sweep and keeps no other part waiting.

    True where more clocks are due than one batch: the next sweep should follow at once, after the relay.
    """
    more = False
    for part in (_elapse, deliveries.take_reports, receipts.take_payments, _write_root):
        try:
            more |= part() is True
        except Exception:  # one broken part must stop neither the others nor the relay
            log.exception("%s failed; the next sweep tries again", part.__name__)
    return more


def _elapse() -> bool:
    """Whether a whole batch of clocks elapsed."""
    swept = clocks.sweep(_BATCH)
    for fault in swept.faults:
        log.warning("a due clock could not elapse: case %s", fault)
    if swept.elapsed:
        log.info("%d legal clocks elapsed", swept.elapsed)
    return swept.elapsed >= _BATCH


def _write_root() -> None:
    audit.write_daily_root(local(clock.now()).date())
