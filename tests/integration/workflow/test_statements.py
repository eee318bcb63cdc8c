"""SQL that is composed once writes and reads what the ORM would, on both databases."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.packages import write
from workflow import clock, intake, log, statements
from workflow.models import Case, CaseEvent, KnownTruth, Letter, OutboxItem, Series


@pytest.fixture
def case(camera: Ed25519PrivateKey, home: object, tmp_path_factory: pytest.TempPathFactory) -> Case:
    path = write(tmp_path_factory.mktemp("spool"), camera)
    return Case.objects.get(reference=intake.ingest(path).reference)


def _values(row: CaseEvent | OutboxItem | Case) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_read_as_the_orm_reads_them(case: Case) -> None:
    events = statements.fetch(CaseEvent, "case_id = %s ORDER BY seq", [case.pk])
    assert list(map(_values, events)) == list(map(_values, case.events.order_by("seq")))
    assert isinstance(events[0].data, dict)
    [item] = statements.fetch(OutboxItem, "case_id = %s", [case.pk])
    assert _values(item) == _values(OutboxItem.objects.get())
    assert item.next_send_at.utcoffset() == timedelta(0)
    item.attempts = 3
    item.save()  # it knows that it stands in the database
    assert OutboxItem.objects.get().attempts == 3


def test_rows_are_written_as_the_orm_writes_them(case: Case) -> None:
    last, now = case.events.latest("seq"), clock.now()
    rows = [
        CaseEvent(
            case=case,
            seq=last.seq + number,
            type="HoldPlaced",
            actor="user:1",
            at=now,
            data={"reason": 'Đường 3/2 "x" %s', "number": number, "none": None},
            prev_hash="0" * 64,
            hash=str(number) * 64,
        )
        for number in (1, 2)
    ]
    statements.insert(rows)
    for row in rows:
        assert _values(CaseEvent.objects.get(pk=row.pk)) == _values(row)
    statements.insert([])
    case.next_due, case.hold, case.published = now, "Ngã tư Hàng Xanh", True
    statements.update(case, ("next_due", "hold"))
    stored = Case.objects.get(pk=case.pk)
    assert (stored.next_due, stored.hold, stored.published) == (now, "Ngã tư Hàng Xanh", False)


def test_a_row_that_stands_already_is_not_inserted_again(case: Case) -> None:
    at = clock.now()
    for number in ("1/TB", "2/TB"):
        statements.insert_once(
            Letter(key="PN1-3", case=case, number=number, enclosed=["Đ"], post_number="VN1", laid_at=at)
        )
    letter = Letter.objects.get()
    assert (letter.number, letter.enclosed, letter.laid_at) == ("1/TB", ["Đ"], at)


def test_a_series_counts_on_and_a_certainty_is_replaced(case: Case) -> None:
    from workflow import known, register
    from workflow.commands import Answer
    from workflow.vocabulary import RejectionGround, Verdict

    at = clock.now()
    assert [register.take("decision", at) for _ in range(3)] == [1, 2, 3]
    assert Series.objects.get(name="decision").last == 3
    known.learn(case, Answer(Verdict.VIOLATION, "59X1", "car", "red_light"), at)
    known.learn(case, Answer(Verdict.REJECT, ground=RejectionGround.PLATE_UNREADABLE), at + timedelta(days=1))
    truth = KnownTruth.objects.get(case=case)
    assert (truth.answer["verdict"], truth.since) == ("reject", at + timedelta(days=1))


def test_the_events_after_one_are_read_alone(case: Case) -> None:
    seqs = [event.seq for event in log.events_of(case)]
    assert seqs == list(range(1, case.version + 1))
    assert [event.seq for event in log.events_of(case, 1)] == seqs[1:]
    assert log.events_of(case, case.version) == []
