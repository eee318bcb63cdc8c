"""Proof that the log was not touched: triggers, hash chain, replay, and daily roots (workflow/roots.py)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef

from workflow import log
from workflow.models import Case, CaseEvent
from workflow.roots import Broken, check_roots, write_daily_root

__all__ = [
    "Broken",
    "Difference",
    "check_triggers",
    "install_triggers",
    "replay",
    "verify",
    "write_daily_root",
]

_TABLE = CaseEvent._meta.db_table  # noqa: SLF001  # Django's documented name for it
_NAMES = (f"{_TABLE}_no_update", f"{_TABLE}_no_delete")


class TriggersMissingError(Exception):
    """The log is not protected; nothing may be served. `phatnguoi migrate` installs the triggers again."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a case does not agree with its events."""

    reference: str
    what: str


def install_triggers(database: BaseDatabaseWrapper = connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE on PostgreSQL) on the events. Twice is the same as once."""
    for statement in _postgres() if database.vendor == "postgresql" else _sqlite():
        with database.cursor() as cursor:
            cursor.execute(statement)


def check_triggers(database: BaseDatabaseWrapper = connection) -> None:
    """Look that the triggers stand: a SQLite table rebuild drops them silently.

    Raises:
        TriggersMissingError: at least one is missing or switched off.
    """
    if database.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled <> 'D'"
        wanted = {*_NAMES, f"{_TABLE}_no_truncate"}
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        wanted = set(_NAMES)
    with database.cursor() as cursor:
        cursor.execute(query, [_TABLE])
        missing = wanted - {row[0] for row in cursor.fetchall()}
    if missing:
        raise TriggersMissingError(f"triggers missing: {', '.join(sorted(missing))}; run: phatnguoi migrate")


def _sqlite() -> Iterator[str]:
    for name, verb in zip(_NAMES, ("UPDATE", "DELETE"), strict=True):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {_TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        )


def _postgres() -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {_TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$"
    )
    for name, verb in zip(_NAMES, ("UPDATE", "DELETE"), strict=True):
        yield (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {_TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {_TABLE}_refuse()"
        )
    yield (
        f"CREATE OR REPLACE TRIGGER {_TABLE}_no_truncate BEFORE TRUNCATE ON {_TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_TABLE}_refuse()"
    )


def verify(roots_in: Path | None = None) -> Iterator[Broken | None]:
    """Walk the whole log, then compare it with the roots outside the database.

    Gives one answer per case, None where its chain is whole; then one for whatever a root knows better.
    """
    for case in Case.objects.order_by("pk").iterator(chunk_size=500):
        yield _settled(case)
    # Events whose case row is gone, where somebody switched the foreign keys off.
    orphans = CaseEvent.objects.filter(~Exists(Case.objects.filter(pk=OuterRef("case_id"))))
    for case_id, seq in orphans.order_by("case_id", "seq").values_list("case_id", "seq")[:100]:
        yield Broken(f"case {case_id}", seq, "the event's case is gone")
    yield from check_roots(roots_in)


def _settled(case: Case) -> Broken | None:
    """As `_chain`; what does not hold is looked at again under the lock: the centre works meanwhile."""
    if _chain(case) is None:
        return None
    with transaction.atomic():
        locked = Case.objects.select_for_update().filter(pk=case.pk).first()
        return _chain(locked or case)


def _chain(case: Case) -> Broken | None:
    """The first link of a case that does not hold."""
    head, expected = log.GENESIS, 1
    for row in case.events.order_by("seq"):
        if row.seq != expected:
            return Broken(case.reference, expected, f"the event is missing; the next one is {row.seq}")
        if row.prev_hash != head:
            return Broken(case.reference, row.seq, "it does not follow from the event before it")
        if log.digest_of(case.reference, row) != row.hash:
            return Broken(
                case.reference, row.seq, f"{row.type}: its content is not what was signed by its hash"
            )
        head, expected = row.hash, expected + 1
    if expected == 1:
        return Broken(case.reference, 1, "the case has no event")
    if case.head != head or case.version != expected - 1:
        return Broken(
            case.reference, expected, f"the case knows {case.version} events, the log {expected - 1}"
        )
    return None


def check_case(case: Case) -> Difference | None:
    """Rebuild one case from its events: every link, the head, and every projected column."""
    broken = _settled(case)
    if broken is not None:
        return Difference(case.reference, f"the chain breaks at event {broken.seq}: {broken.what}")
    case.refresh_from_db()
    found = {name: getattr(case, name) for name in log.PROJECTED}
    log.project(case, log.load(case))
    for name in log.PROJECTED:
        if getattr(case, name) != found[name]:
            return Difference(
                case.reference, f"{name} is {found[name]!r}, its events say {getattr(case, name)!r}"
            )
    return None


def replay() -> Iterator[Difference | None]:
    """Check every case; one answer per case, None where it is equal."""
    for case in Case.objects.order_by("pk").iterator(chunk_size=500):
        yield check_case(case)
