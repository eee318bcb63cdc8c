"""What the centre does by itself every minute: clocks, reports, payments, what was missed, the daily root.

Any machine may do it, several at once too: each part can be repeated and killed.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from workers import deliveries, receipts
from workers.reconcile import Reconciler
from workflow import audit, clock, unmatched
from workflow import sweep as clocks
from workflow.law.deadlines import local

log = logging.getLogger("phatnguoi.workers.sweep")

_RECONCILER = Reconciler()  # its place in the round lives as long as the process
_MOST_DRIFT = timedelta(minutes=1)
_BATCH = 500  # cases; letters must not wait long for the clocks


def sweep_all() -> bool:
    """Do every part; one that fails is tried again by the next sweep and keeps no other part waiting.

    True where more clocks are due than one batch: the next sweep should follow at once, after the relay.
    """
    more = False
    for part in _parts():
        try:
            more |= part() is True
        except Exception:  # one broken part must stop neither the others nor the relay
            log.exception("%s failed; the next sweep tries again", getattr(part, "__name__", part))
    return more


def _parts() -> tuple[Callable[[], object], ...]:
    return (
        _elapse,
        deliveries.take_reports,
        receipts.take_payments,
        unmatched.find_cases,
        _RECONCILER.look,
        _write_root,
    )


def _elapse() -> bool:
    """Whether a whole batch of clocks elapsed."""
    if not _clock_is_right():
        return False
    swept = clocks.sweep(_BATCH)
    for fault in swept.faults:
        log.warning("a due clock could not elapse: case %s", fault)
    if swept.elapsed:
        log.info("%d legal clocks elapsed", swept.elapsed)
    return swept.elapsed >= _BATCH


def _write_root() -> None:
    if _clock_is_right():
        audit.write_daily_root(local(clock.now()).date())


def _clock_is_right() -> bool:
    """What a wrong clock ends or dates cannot be taken back; another machine of the centre does it."""
    drift = clock.drift()
    if abs(drift) < _MOST_DRIFT:
        return True
    log.error(
        "this machine's clock is %s off the database's: no legal clock elapses here; set it right", drift
    )
    return False
