"""Proof that the log was not touched: triggers, hash chain, replay, and a daily root outside the database."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import rfc8785
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from workflow import log
from workflow.case import CaseState
from workflow.models import Case, CaseEvent

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


def check_case(case: Case) -> Difference | None:
    """Rebuild one case from its events: every link, the head, and every projected column."""
    head, state, expected = log.GENESIS, CaseState(), 1
    for row in case.events.order_by("seq"):
        if row.seq != expected or row.prev_hash != head or log.digest_of(case.reference, row) != row.hash:
            return Difference(case.reference, f"the chain breaks at event {expected}")
        head, expected = row.hash, expected + 1
    state = log.load(case)
    if case.head != head:
        return Difference(case.reference, "the head of the chain is not the last event")
    found = {name: getattr(case, name) for name in log.PROJECTED}
    log.project(case, state)
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


def write_daily_root(day: date) -> Path:
    """Write the root over all case heads outside the database; the first root of a day stands.

    The root is SHA-256 over the canonical JSON of {reference: head}, with the count, so that a later
    disappearance of a case or an event shows.
    """
    folder = Path(settings.PHATNGUOI_HOME) / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{day.isoformat()}.json"
    if path.exists():
        return path
    digest, count = hashlib.sha256(), 0
    for reference, head in Case.objects.order_by("pk").values_list("reference", "head").iterator():
        digest.update(rfc8785.dumps([reference, head]))
        count += 1
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps({"day": day.isoformat(), "cases": count, "root": digest.hexdigest()}))
    temporary.replace(path)
    return path
