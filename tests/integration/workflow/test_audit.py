"""Whoever takes something out of the log, or puts something in, is found by the chain or by a root."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from tests import stage
from tests.packages import Seen
from workflow import audit, clock, erasure, owners, roots
from workflow.models import Case, CaseEvent, OutboxItem, PersonalFacts

TABLE = CaseEvent._meta.db_table
FIRST, SECOND = date(2026, 10, 25), date(2026, 10, 26)


@pytest.fixture
def made(camera: Ed25519PrivateKey, tmp_path: Path) -> stage.Stage:
    return stage.Stage(camera, tmp_path / "spool")


@contextmanager
def unprotected() -> Iterator[None]:
    """What somebody with all rights on the database can do."""
    where = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in ("no_update", "no_delete"):
            cursor.execute(f"DROP TRIGGER {TABLE}_{name}{where}")
    yield
    audit.install_triggers()


def broken() -> list[tuple[str, int, str]]:
    return [(found.reference, found.seq, found.what) for found in audit.verify() if found]


def test_a_whole_log_is_found_whole(made: stage.Stage) -> None:
    made.filed()
    made.collected(Seen(track=9, at=Seen().at + timedelta(minutes=5)))
    roots.write_daily_root(FIRST)
    assert list(audit.verify()) == [None, None]


def changed(case: Case) -> None:
    case.events.filter(seq=2).update(data={"clock": "BAR"})


def renamed(case: Case) -> None:
    case.events.filter(seq=4).update(actor="user:666")


def taken_out(case: Case) -> None:
    OutboxItem.objects.filter(event__case=case, event__seq=3).delete()
    case.events.filter(seq=3).delete()


def put_in(case: Case) -> None:
    last = case.events.latest("seq")
    CaseEvent.objects.create(
        case=case, seq=last.seq + 1, type="Proposed", actor="user:666", at=clock.now(), data={},
        prev_hash="0" * 64, hash="1" * 64,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "seq", "what"),
    [
        (changed, 2, "ClockStarted: its content"),
        (renamed, 4, "EvidenceExtracted: its content"),
        (taken_out, 3, "the event is missing; the next one is 4"),
        (put_in, 5, "does not follow"),
    ],
)
def test_the_first_broken_link_is_named(
    made: stage.Stage, deed: Callable[[Case], None], seq: int, what: str
) -> None:
    case = made.extracted()
    other = made.collected(Seen(track=9, at=Seen().at + timedelta(minutes=5)))
    with unprotected():
        deed(case)
        [(reference, where, said)] = broken()
        assert (reference, where) == (case.reference, seq)
        assert what in said
        assert other.reference != reference


def test_a_log_cut_back_and_made_good_again_is_found_by_the_root(made: stage.Stage) -> None:
    case = made.extracted()
    roots.write_daily_root(FIRST)
    last = case.events.latest("seq")
    with unprotected():
        OutboxItem.objects.filter(event=last).delete()
        last.delete()
        before = case.events.latest("seq")
        Case.objects.filter(pk=case.pk).update(head=before.hash, version=before.seq)
        assert broken() == [
            (case.reference, last.seq, "the event is gone; the root of 2026-10-25 knew it"),
        ]


def test_a_case_that_vanished_is_found_by_the_root(made: stage.Stage) -> None:
    case = made.collected()
    kept = made.collected(Seen(track=9, at=Seen().at + timedelta(minutes=5)))
    roots.write_daily_root(FIRST)
    with unprotected():
        OutboxItem.objects.filter(case=case).delete()
        case.events.all().delete()
        case.delete()
        assert broken() == [(case.reference, 3, "the case is gone; the root of 2026-10-25 knew it")]
    assert Case.objects.get() == kept


def test_a_history_written_anew_is_found_by_the_root(made: stage.Stage) -> None:
    case = made.collected()
    roots.write_daily_root(FIRST)
    with unprotected():
        last = case.events.latest("seq")
        last.actor = "user:666"
        from workflow import log

        case.events.filter(pk=last.pk).update(actor="user:666", hash=log.digest_of(case.reference, last))
        Case.objects.filter(pk=case.pk).update(head=log.digest_of(case.reference, last))
        [(reference, seq, what)] = broken()
    assert (reference, seq) == (case.reference, 3)
    assert "another one" in what


def test_roots_follow_from_each_other_and_hold_only_what_grew(made: stage.Stage) -> None:
    made.extracted()
    first = json.loads(roots.write_daily_root(FIRST).read_text())
    made.collected(Seen(track=9, at=Seen().at + timedelta(minutes=5)))
    second = json.loads(roots.write_daily_root(SECOND).read_text())
    assert (first["cases"], first["heads"], first["previous"]) == (1, 1, "")
    assert (second["cases"], second["previous"]) == (2, first["root"])
    assert roots.write_daily_root(SECOND).read_text() == json.dumps(second)  # the first of a day stands
    assert broken() == []


def test_a_root_that_was_touched_or_taken_away_is_named(made: stage.Stage, home: Path) -> None:
    made.collected()
    first = roots.write_daily_root(FIRST)
    made.extracted(Seen(track=9, at=Seen().at + timedelta(minutes=5)))
    roots.write_daily_root(SECOND)
    copy = home / "kept by somebody else"
    shutil.copytree(roots.folder(), copy)
    [heads] = roots.folder().glob("2026-10-25.*.heads")
    heads.write_bytes(heads.read_bytes().replace(b"PN", b"PX"))
    assert broken() == [("2026-10-25", 0, "its heads are not those that its root was made of")]
    first.unlink()
    assert broken() == [("2026-10-26", 0, "a root before it is missing or was changed")]
    assert [found for found in audit.verify(copy) if found] == []


def test_erased_facts_are_gone_and_the_log_is_whole(made: stage.Stage) -> None:
    case = made.filed()
    roots.write_daily_root(FIRST)
    digest = PersonalFacts.objects.get().pk
    assert owners.recall(digest) is not None
    assert erasure.erase([digest]) == 1
    assert erasure.erase([digest]) == 0
    row = PersonalFacts.objects.get()
    assert (row.facts, row.salt) == (None, "")
    assert row.erased_at is not None
    assert owners.recall(digest) is None
    assert broken() == []
    assert audit.check_case(Case.objects.get(pk=case.pk)) is None
