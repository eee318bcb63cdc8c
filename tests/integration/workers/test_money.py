"""Statements of the treasury: never paid twice, never lost, added up; money finds its case later."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from pytest_django import Settings

from tests import misbehaving as m
from tests.integration.workers.conftest import Centre, to_decision
from tests.integration.workers.doing import CLERK, quarantined, run, state_of
from tests.packages import Seen
from workers import deliveries, fetching, receipts
from workflow import clock, payments, quarantine, service, stuck, unmatched
from workflow import commands as c
from workflow.case import Actor
from workflow.commands import RecordPayment
from workflow.law.deadlines import local
from workflow.models import Case, Quarantine, ReceivedPayment, Statement
from workflow.vocabulary import Outcome, Role

PAYMENT, DELIVERY = Quarantine.Kind.PAYMENT, Quarantine.Kind.DELIVERY
HEADER = "transaction,decision_number,amount,paid_at\n"
PAID = "2026-10-25T08:00:00+07:00"


def number(case: Case) -> str:
    return Case.objects.get(pk=case.pk).decision_number


def line(transaction: str, decision: str, amount: int = 1_000_000) -> str:
    return f"{transaction},{decision},{amount},{PAID}\n"


def lay(centre: Centre, text: str, name: str = "day.csv") -> Path:
    folder = centre.home / "treasury" / "in"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_statement_is_added_up_and_what_became_of_it_is_kept(centre: Centre, decided: Case) -> None:
    text = HEADER + line("T1", number(decided)) + line("T2", "99/QĐ-XPHC", 7) + "T3,x\n" + "TOTAL,3,1000007\n"
    lay(centre, text)
    assert receipts.take_payments() == 1
    row = Statement.objects.get()
    assert (row.lines, row.amount, row.told_lines, row.told_amount) == (3, 1_000_007, 3, 1_000_007)
    assert (row.recorded, row.known, row.unmatched, row.bad) == (1, 0, 1, 1)
    assert sorted(quarantined(PAYMENT)) == ["bad_line", "unmatched"]


def test_the_same_file_twice_counts_once_and_its_first_account_stands(centre: Centre, decided: Case) -> None:
    text = HEADER + line("T1", number(decided)) + "TOTAL,1,1000000\n"
    for _ in range(2):
        lay(centre, text)
        receipts.take_payments()
    assert state_of(decided).paid == 1_000_000
    assert Statement.objects.get().recorded == 1


def test_overlapping_files_count_every_transaction_once(centre: Centre, decided: Case) -> None:
    one, two, three = (line(f"T{n}", number(decided)) for n in (1, 2, 3))
    lay(centre, HEADER + one + two, "a.csv")
    lay(centre, HEADER + two + three, "b.csv")
    assert receipts.take_payments() == 3
    assert state_of(decided).paid == 3_000_000
    assert [row.known for row in Statement.objects.order_by("name")] == [0, 1]


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_file_cut_short_is_noticed_and_the_whole_one_mends_it(
    centre: Centre, decided: Case, cut: int
) -> None:
    whole = HEADER + line("T1", number(decided)) + line("T2", number(decided)) + "TOTAL,2,2000000\n"
    lay(centre, whole[:-cut])
    receipts.take_payments()
    assert quarantined(PAYMENT) != []
    lay(centre, whole)
    receipts.take_payments()
    assert state_of(decided).paid == 2_000_000
    assert set(ReceivedPayment.objects.values_list("amount", flat=True)) == {1_000_000}


def test_a_total_that_differs_is_shown_and_no_money_is_lost(centre: Centre, decided: Case) -> None:
    lay(centre, HEADER + line("T1", number(decided)) + "TOTAL,2,9000000\n")
    assert receipts.take_payments() == 1
    [entry] = stuck.entries("payment", "totals")
    assert "2 lines and 9000000 đ" in entry.detail


def test_a_line_that_nobody_foresaw_keeps_neither_its_file_nor_the_next_waiting(
    centre: Centre, decided: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = payments.receive

    def receive(told: payments.TreasuryLine) -> str:
        if told.transaction == "T1":
            raise OverflowError("date value out of range")
        return taken(told)

    monkeypatch.setattr(payments, "receive", receive)
    lay(centre, HEADER + line("T1", number(decided)) + line("T2", number(decided)), "a.csv")
    lay(centre, HEADER + line("T3", number(decided)), "b.csv")
    assert receipts.take_payments() == 2
    assert state_of(decided).paid == 2_000_000
    [entry] = stuck.entries("payment", "bad_line")
    assert "OverflowError: date value out of range" in entry.detail
    assert number(decided) in entry.detail
    assert Statement.objects.get(name="a.csv").bad == 1


def test_a_database_that_is_away_is_no_fault_of_the_line(
    centre: Centre, decided: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lay(centre, HEADER + line("T1", number(decided)))

    def away(_told: payments.TreasuryLine) -> str:
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as broken:
        broken.setattr(payments, "receive", away)
        with pytest.raises(OperationalError):
            receipts.take_payments()
    assert file.exists()
    assert receipts.take_payments() == 1


def test_money_that_came_before_its_decision_finds_the_case(centre: Centre, notified: Case) -> None:
    expected = "01/QĐ-XPHC"
    lay(centre, HEADER + line("T1", expected, 5_000_000))
    receipts.take_payments()
    assert quarantined(PAYMENT) == ["unmatched"]
    assert unmatched.find_cases() == 0
    with pytest.raises(quarantine.QuarantineError, match="no decision"):
        stuck.resolve(Quarantine.objects.get().pk, "released", "cli", "thử lại")
    assert quarantined(PAYMENT) == ["unmatched"]
    to_decision(notified)
    assert number(notified) == expected
    assert unmatched.find_cases() == 1
    assert unmatched.find_cases() == 0
    assert state_of(notified).paid == 5_000_000
    assert Quarantine.objects.get().resolution == "released"


def test_a_wrong_decision_number_is_put_right_by_a_clerk(centre: Centre, decided: Case) -> None:
    lay(centre, HEADER + line("T1", "10/QĐ-XPHC", 5_000_000))
    receipts.take_payments()
    row = ReceivedPayment.objects.get()
    service.execute(decided.pk, RecordPayment("T1", row.amount, row.paid_at), CLERK)
    unmatched.find_cases()
    assert quarantined(PAYMENT) == []
    assert (state_of(decided).paid, ReceivedPayment.objects.get().case_id) == (5_000_000, decided.pk)


@pytest.fixture
def of_next_year(centre: Centre, decided: Case) -> Case:
    """A case whose decision has the number of the other's, a year later."""
    later = centre.reviewed(centre.case(track=9, at=Seen().at + timedelta(minutes=20)))
    for work in ("determine_owner", "file_case"):
        run(later, work)
    centre.sign(later)
    for work in ("render_notice", "deliver_notice"):
        run(later, work)
    new_year = datetime(2027, 1, 12, 2, tzinfo=UTC)
    clock.set_shift(centre.home / "clock", new_year - datetime.now(UTC))
    to_decision(later)
    assert number(later) == number(decided)
    return later


def test_a_number_of_two_years_pays_the_decision_that_is_carried_out_and_never_a_guess(
    centre: Centre, decided: Case, of_next_year: Case
) -> None:
    """Numbers restart every year: a payment names a number, and no year."""
    paid_at = "2027-01-12T08:00:00+07:00"
    one, two = (f"T{n},{number(decided)},5000000,{paid_at}\n" for n in (1, 2))
    lay(centre, HEADER + one, "a.csv")
    receipts.take_payments()
    assert (state_of(decided).paid, state_of(of_next_year).paid) == (0, 0)
    assert quarantined(PAYMENT) == ["unmatched"]  # two are carried out: a person says which
    service.execute(decided.pk, RecordPayment("T1", 5_000_000, clock.now()), CLERK)
    lay(centre, HEADER + two, "b.csv")
    receipts.take_payments()
    assert state_of(of_next_year).paid == 0  # the first one is not closed yet
    boss = (Actor(f"user:{n}", frozenset({Role.COMMANDER})) for n in (6, 7))
    for actor in boss:
        service.execute(decided.pk, c.Close(Outcome.EXEMPTED, "QĐ 9"), actor)
    assert unmatched.find_cases() == 1
    assert (state_of(decided).paid, state_of(of_next_year).paid) == (5_000_000, 5_000_000)
    assert state_of(of_next_year).fulfilled


def test_the_date_of_the_decision_says_which_of_two_years_is_paid(
    centre: Centre, decided: Case, of_next_year: Case
) -> None:
    told = state_of(decided).decision
    assert told is not None
    days = (local(told.signed_at).date(), date(2027, 1, 12), date(2027, 1, 11))
    header = HEADER.replace("\n", ",collector,decision_date\n")
    lines = (f"{line(f'T{n}', number(decided)).strip()},VCB,{day}\n" for n, day in enumerate(days))
    lay(centre, header + "".join(lines))
    assert receipts.take_payments() == 2
    assert (state_of(decided).paid, state_of(of_next_year).paid) == (1_000_000, 1_000_000)
    assert quarantined(PAYMENT) == ["unmatched"]


def test_money_paid_before_a_decision_was_signed_is_for_the_older_one_of_its_number(
    centre: Centre, decided: Case, of_next_year: Case
) -> None:
    """Also where the older one is paid already: what is too much goes back to its payer."""
    service.execute(decided.pk, RecordPayment("T1", 5_000_000, clock.now()), CLERK)
    told = state_of(decided).decision
    assert told is not None
    day = local(told.signed_at).date()
    lay(centre, HEADER + f"T2,{number(decided)},700000,{day}T23:00:00+07:00\n")
    receipts.take_payments()
    assert (state_of(decided).paid, state_of(of_next_year).paid) == (5_700_000, 0)


@pytest.mark.parametrize(
    ("back", "paid"), [(timedelta(days=60), 0), (timedelta(days=2), 0), (timedelta(days=1), 5_000_000)]
)
def test_money_of_long_before_the_only_decision_of_its_number_pays_it_never(
    centre: Centre, decided: Case, back: timedelta, paid: int
) -> None:
    """It was for a decision of last year that nobody knows here; a day is left for clocks that differ."""
    told = state_of(decided).decision
    assert told is not None
    lay(centre, HEADER + f"T1,{number(decided)},5000000,{(told.signed_at - back).isoformat()}\n")
    receipts.take_payments()
    unmatched.find_cases()
    assert state_of(decided).paid == paid
    assert quarantined(PAYMENT) == ["unmatched"][: paid == 0]


def test_money_that_was_paid_back_pays_nothing_later(centre: Centre, notified: Case) -> None:
    lay(centre, HEADER + line("T1", "01/QĐ-XPHC", 5_000_000))
    receipts.take_payments()
    stuck.resolve(Quarantine.objects.get().pk, "refused", "cli", "đã hoàn trả")
    to_decision(notified)
    assert unmatched.find_cases() == 0
    assert state_of(notified).paid == 0


def test_a_transaction_told_with_two_sums_shows_every_one_of_them(centre: Centre, decided: Case) -> None:
    for amount in (1_000_000, 2_000_000, 3_000_000, 3_000_000):
        lay(centre, HEADER + line("T1", number(decided), amount))
        receipts.take_payments()
    assert state_of(decided).paid == 1_000_000
    assert quarantined(PAYMENT) == ["differs", "differs"]


@pytest.fixture
def out(settings: Settings) -> Iterator[m.Outside]:
    settings.PHATNGUOI_GATEWAY_SECONDS = m.PATIENCE
    with m.outside() as server:
        settings.PHATNGUOI_TREASURY = settings.PHATNGUOI_POST = server.url
        for days in range(-10, 30):
            day = (local(clock.now()).date() - timedelta(days=days)).isoformat()
            server.pages[f"/v1/statements?day={day}"] = (HEADER + "TOTAL,0,0\n").encode()
            server.pages[f"/v1/reports?day={day}"] = b'{"reports": []}'
        yield server


def today() -> str:
    return local(clock.now()).date().isoformat()


def test_statements_are_fetched_taken_and_fetched_again_without_harm(
    centre: Centre, decided: Case, out: m.Outside
) -> None:
    page = f"/v1/statements?day={today()}"
    out.pages[page] = (HEADER + line("T1", number(decided)) + "TOTAL,1,1000000\n").encode()
    for _ in range(2):
        fetching.fetch_all()
        receipts.take_payments()
    assert state_of(decided).paid == 1_000_000
    taken = list((centre.home / "treasury" / "done").iterdir())
    out.pages[page] = (
        HEADER + line("T1", number(decided)) + line("T2", number(decided)) + "TOTAL,2,2000000\n"
    ).encode()
    fetching.fetch_all()  # the day grew
    receipts.take_payments()
    assert state_of(decided).paid == 2_000_000
    assert len(list((centre.home / "treasury" / "done").iterdir())) == len(taken) + 1


@pytest.mark.parametrize("fault", [m.says(500), m.is_silent])
def test_a_treasury_that_misbehaves_loses_no_day(
    centre: Centre, decided: Case, out: m.Outside, fault: m.Behaviour
) -> None:
    page = f"/v1/statements?day={today()}"
    out.pages[page] = (HEADER + line("T1", number(decided)) + "TOTAL,1,1000000\n").encode()
    out.will.extend([fault] * 3)
    fetching.fetch_all()
    assert receipts.take_payments() == 0
    out.will.clear()
    fetching.fetch_all()
    assert receipts.take_payments() == 1
    assert quarantined(PAYMENT) == []


@pytest.mark.parametrize(("name", "kind"), [("statements", PAYMENT), ("reports", DELIVERY)])
def test_a_day_whose_answer_cannot_be_is_shown_once_and_keeps_no_later_day_waiting(
    centre: Centre, decided: Case, out: m.Outside, name: str, kind: Quarantine.Kind
) -> None:
    begun = clock.now()
    bad = f"/v1/{name}?day={today()}"
    good, out.pages[bad] = out.pages[bad], b"nonsense"
    for days in range(8):
        clock.set_shift(centre.home / "clock", begun + timedelta(days=days) - datetime.now(UTC))
        out.asked.clear()
        fetching.fetch_all()
        assert out.asked.count(f"GET {bad}") == 1
        assert f"GET /v1/{name}?day={today()}" in out.asked
        assert quarantined(kind) == ["bad_day"]
    with pytest.raises(quarantine.QuarantineError, match="by itself"):
        stuck.resolve(Quarantine.objects.get().pk, "released", "cli", "thử lại")
    out.pages[bad] = good
    fetching.fetch_all()
    assert Quarantine.objects.get().resolution == "released"
    out.asked.clear()
    fetching.fetch_all()
    assert f"GET {bad}" not in out.asked


def test_a_bad_line_of_a_whole_statement_keeps_the_others_of_its_day_no_longer(
    centre: Centre, decided: Case, out: m.Outside
) -> None:
    page = f"/v1/statements?day={today()}"
    good, bad = line("T1", number(decided)), line("T2", number(decided)).replace("1000000", "1.000.000")
    out.pages[page] = (HEADER + good + bad + "TOTAL,2,2000000\n").encode()
    fetching.fetch_all()
    assert receipts.take_payments() == 1
    assert quarantined(PAYMENT) == ["bad_line", "totals"]
    out.pages[page] = (HEADER + good + line("T2", number(decided)) + "TOTAL,2,2000000\n").encode()
    fetching.fetch_all()
    assert receipts.take_payments() == 1
    assert state_of(decided).paid == 2_000_000


@pytest.mark.parametrize("total", ["TOTAL,3,2000000", "TOTAL,2,999999"])
def test_a_bad_line_excuses_no_line_that_is_missing_and_no_sum_that_is_too_small(
    centre: Centre, decided: Case, out: m.Outside, total: str
) -> None:
    lines = line("T1", number(decided)) + "T2,?\n"
    out.pages[f"/v1/statements?day={today()}"] = f"{HEADER}{lines}{total}\n".encode()
    fetching.fetch_all()
    assert (receipts.take_payments(), quarantined(PAYMENT)) == (0, ["bad_day"])


def test_a_day_too_large_to_be_read_keeps_no_other_day_waiting(
    centre: Centre, decided: Case, out: m.Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.gateways.treasury.MAX_BYTES", 1000)
    yesterday = date.fromisoformat(today()) - timedelta(days=1)
    out.pages[f"/v1/statements?day={yesterday}"] = HEADER.encode() + b"\n" * 1000
    out.pages[f"/v1/statements?day={today()}"] = (
        HEADER + line("T1", number(decided)) + "TOTAL,1,1000000\n"
    ).encode()
    fetching.fetch_all()
    assert (receipts.take_payments(), quarantined(PAYMENT)) == (1, ["bad_day"])
    assert "more than 1000 bytes" in Quarantine.objects.get().detail


def test_a_bad_day_that_a_person_ended_is_not_shown_again(
    centre: Centre, decided: Case, out: m.Outside
) -> None:
    out.pages[f"/v1/statements?day={today()}"] = HEADER.encode() + b"T1,x"
    fetching.fetch_all()
    stuck.resolve(Quarantine.objects.get().pk, "refused", "cli", "kho bạc gửi tệp riêng")
    fetching.fetch_all()
    assert quarantined(PAYMENT) == []


def test_delivery_reports_are_fetched_once(centre: Centre, decided: Case, out: m.Outside) -> None:
    notice = state_of(decided).notice
    assert notice is not None
    out.pages[f"/v1/reports?day={today()}"] = (
        f'{{"reports": [{{"post_number": "{notice.receipt}", "reference": "{decided.reference}", '
        f'"outcome": "delivered", "at": "{clock.now().isoformat()}"}}]}}'
    ).encode()
    fetching.fetch_all()
    assert deliveries.take_reports() == 1
    fetching.fetch_all()
    assert deliveries.take_reports() == 0
    after = state_of(decided).notice
    assert after is not None
    assert after.delivery == "delivered"
