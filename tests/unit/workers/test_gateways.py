"""The folders that stand for registry, post and treasury on one machine."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from workers.gateways.faults import GatewayUnavailable
from workers.gateways.post import FolderPost, Letter
from workers.gateways.registry import FolderRegistry
from workers.gateways.treasury import BadLine, lines_of
from workers.inbox import InboxError, arrivals, move, text_of
from workflow import clock
from workflow.owners import RegistryAnswer
from workflow.payments import TreasuryLine

HEADER = "plate,vehicle_class,kind,name,id_number,address,plate_colour,valid_from,valid_to\n"
OLD = "51F-123.45,car,person,Lê Văn Cũ,079000000001,2 đường Số 1,white,2020-01-01,2026-10-24\n"
NEW = '51F-123.45,truck,organisation,"Công ty Mới, TNHH",0312345678,3 đường Số 1,white,2026-10-25,\n'
MOTORBIKE = "51F-123.45,motorbike,person,Trần Thị Bưởi,079000000002,4 đường Số 1,white,2020-01-01,\n"
# 25 October begins in Vietnam at 17:00 UTC of the 24th
LAST_SECOND = datetime(2026, 10, 24, 16, 59, 59, tzinfo=UTC)
FIRST_SECOND = datetime(2026, 10, 24, 17, 0, 0, tzinfo=UTC)


def ask(folder: Path, text: str, at: datetime, vehicle: str = "car") -> RegistryAnswer | None:
    (folder / "owners.csv").write_text(text, encoding="utf-8")
    return FolderRegistry(folder).look_up("51F12345", vehicle, at)


@pytest.mark.parametrize(("at", "name"), [(LAST_SECOND, "Lê Văn Cũ"), (FIRST_SECOND, "Công ty Mới, TNHH")])
def test_the_owner_is_that_of_the_vietnamese_day_of_the_act(tmp_path: Path, at: datetime, name: str) -> None:
    answer = ask(tmp_path, HEADER + OLD + NEW, at)
    assert answer is not None
    assert (answer.person.name, answer.registered_class, answer.as_of) == (name, "car", at)


def test_a_car_and_a_motorbike_may_carry_the_same_text(tmp_path: Path) -> None:
    answer = ask(tmp_path, HEADER + OLD + MOTORBIKE, LAST_SECOND, "motorbike")
    assert answer is not None
    assert answer.person.name == "Trần Thị Bưởi"


def test_a_plate_of_another_kind_of_vehicle_is_told_as_such(tmp_path: Path) -> None:
    answer = ask(tmp_path, HEADER + MOTORBIKE, LAST_SECOND)
    assert answer is not None
    assert answer.registered_class == "motorcycle"


def test_no_owner_on_that_day_is_no_answer(tmp_path: Path) -> None:
    assert ask(tmp_path, HEADER + NEW, LAST_SECOND) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plate,name\n",
        HEADER + OLD + OLD,
        HEADER + OLD.replace("2020-01-01", "01/01/2020"),
        HEADER + OLD.replace(",person,", ",nobody,"),
        HEADER + OLD.replace("Lê Văn Cũ", ""),
        HEADER + "51F12345,car\n",
        HEADER + OLD + 'x,"never closed\n',
    ],
)
def test_a_registry_that_cannot_be_believed_gives_no_answer_but_a_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(GatewayUnavailable, match=r"owners\.csv"):
        ask(tmp_path, text, LAST_SECOND)


@pytest.mark.parametrize(
    ("written", "told"),
    [("Lê 漢 Cũ", r"U\+6F22"), ("Lê\x01Cũ", r"U\+0001"), ("Lê" * 700, "1400 characters")],
)
def test_an_owner_whom_no_paper_can_name_is_told_before_a_paper_has_its_number(
    tmp_path: Path, written: str, told: str
) -> None:
    with pytest.raises(GatewayUnavailable, match=told):
        ask(tmp_path, HEADER + OLD.replace("Lê Văn Cũ", written), LAST_SECOND)
    ordinary = OLD.replace("Lê Văn Cũ", "\ufeffH'We\u0302\u0306 Mlô\u200b")
    assert ask(tmp_path, HEADER + ordinary, LAST_SECOND) is not None


def test_a_bad_line_hurts_only_its_own_plate(tmp_path: Path) -> None:
    assert ask(tmp_path, HEADER + "59X1234,car\n" + OLD, LAST_SECOND) is not None


def test_a_missing_registry_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(GatewayUnavailable, match=r"owners\.csv"):
        FolderRegistry(tmp_path).look_up("51F12345", "car", LAST_SECOND)


LETTER = Letter("PN2026-000001-9-abcdef", "PN2026-000001", b"%PDF-1.7")


def test_the_same_letter_has_one_number_however_many_hand_it_in(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts = {pool.submit(FolderPost(tmp_path).send, LETTER).result() for _ in range(24)}
    assert len(receipts) == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == [LETTER.key]
    told = json.loads((tmp_path / "out" / LETTER.key / "receipt.json").read_text())
    assert told["post_number"] == receipts.pop().number
    assert (tmp_path / "out" / LETTER.key / "letter.pdf").read_bytes() == LETTER.pdf


def test_a_post_office_that_takes_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("no folder")
    with pytest.raises(GatewayUnavailable, match="post office"):
        FolderPost(tmp_path).send(LETTER)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


PAYMENTS = "transaction,decision_number,amount,paid_at,bank\n"


def test_every_line_of_the_treasury_is_a_payment_or_says_why_not() -> None:
    good = "T1,01/QĐ-XPHC,5000000,2026-11-20T08:00:00+07:00,VCB\n"
    bad = [
        "T2,01/QĐ-XPHC,5.000.000,2026-11-20T08:00:00+07:00,VCB\n",
        "T3,01/QĐ-XPHC,-5,2026-11-20T08:00:00+07:00\n",
        "T4,01/QĐ-XPHC,5000000,2026-11-20T08:00:00\n",
        "T5,01/QĐ-XPHC\n",
        ",01/QĐ-XPHC,5000000,2026-11-20T08:00:00+07:00\n",
        "T7,01/QĐ-XPHC,5000000,yesterday\n",
        'T8,"01/QĐ-XPHC,5000000,2026-11-20T08:00:00+07:00\n',
        "T9,01/QĐ-XPHC,500000,2026-11-20T08:00:00+07:00",  # cut short: nobody knows how the line went on
    ]
    found = list(lines_of(PAYMENTS + good + "\n" + "".join(bad)))
    paid_at = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert found[0] == TreasuryLine("T1", "01/QĐ-XPHC", 5_000_000, paid_at)
    assert [line.number for line in found[1:] if isinstance(line, BadLine)] == list(range(4, 12))


@pytest.mark.parametrize(
    "paid_at", ["2036-11-20T08:00:00+07:00", "9999-12-31T23:59:59-07:00", "0001-01-01T00:00:00+07:00"]
)
def test_money_is_paid_neither_in_the_future_nor_long_ago(paid_at: str) -> None:
    """A slip of the year would cost decades of interest."""
    [line] = lines_of(f"{PAYMENTS}T1,01/QĐ-XPHC,5000000,{paid_at},VCB\n")
    assert isinstance(line, BadLine)
    assert paid_at in line.reason


def test_a_treasury_whose_clock_runs_fast_may_tell_a_time_of_tonight() -> None:
    soon = (clock.now() + timedelta(hours=20)).isoformat()
    [line] = lines_of(f"{PAYMENTS}T1,01/QĐ-XPHC,5000000,{soon},VCB\n")
    assert isinstance(line, TreasuryLine)


@pytest.mark.parametrize("cell", ["T\x001", "T\x071", "T\u200b1"])
def test_what_cannot_be_seen_is_part_of_no_transaction(cell: str) -> None:
    lines = f"{cell},01/QĐ-XPHC,5,2026-11-20T08:00:00+07:00\nT1,{cell},5,2026-11-20T08:00:00+07:00\n"
    assert [type(line) for line in lines_of(PAYMENTS + lines)] == [BadLine, BadLine]


def test_a_line_may_say_of_which_day_the_decision_is() -> None:
    header = PAYMENTS.strip() + ",decision_date\n"
    line = "T{},01/QĐ-XPHC,5,2026-01-20T08:00:00+07:00,VCB,{}\n"
    days = ("2025-12-30", "", "30/12/2025")
    first, second, third = lines_of(header + "".join(line.format(n, day) for n, day in enumerate(days)))
    assert isinstance(first, TreasuryLine)
    assert isinstance(second, TreasuryLine)
    assert (first.decision_date, second.decision_date) == (date(2025, 12, 30), None)
    assert isinstance(third, BadLine)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_file_of_another_kind_is_no_payment_file(text: str) -> None:
    with pytest.raises(InboxError, match="first line"):
        list(lines_of(text))


def test_a_file_that_is_not_text_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"transaction\xff")
    with pytest.raises(InboxError, match="byte 11"):
        text_of(path)


def test_moving_never_replaces_what_lies_there(tmp_path: Path) -> None:
    for content in ("first", "second"):
        (tmp_path / "a.csv").write_text(content)
        move(tmp_path / "a.csv", tmp_path / "done")
    assert sorted(path.read_text() for path in (tmp_path / "done").iterdir()) == ["first", "second"]
    assert move(tmp_path / "a.csv", tmp_path / "done").parent.name == "done"  # another sweep was faster


def test_unfinished_files_are_left_to_their_writers(tmp_path: Path) -> None:
    for name in (".a.csv", "b.csv.part", "c.csv"):
        (tmp_path / name).touch()
    (tmp_path / "d.csv").mkdir()
    assert [path.name for path in arrivals(tmp_path, ".csv")] == ["c.csv"]
