"""Facts: cleaned and refused by field, before anything is drawn."""

import unicodedata
from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime

import pytest

from notices.facts import MAX_PHOTOS, MAX_TEXT, Act, Owner, PaperNumber, Photo, PhotoRole
from notices.faults import NoticeFault
from notices.wording import act_time, appointment_time, dated_line, decree_date, exact_time, full_number
from tests import papers


def test_texts_become_nfc_with_single_spaces() -> None:
    spoilt = unicodedata.normalize("NFD", "  Nguyễn\u200b Thị\n\tMẫu\ufeff ")
    assert Owner(spoilt, "Số 1").name == "Nguyễn Thị Mẫu"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "field_empty"),
        (" \n", "field_empty"),
        ("a\x00b", "field_characters"),
        ("a\ue000b", "field_characters"),
        ("ư" * (MAX_TEXT + 1), "field_too_long"),
    ],
)
def test_unprintable_texts_are_refused_by_field(name: str, code: str) -> None:
    with pytest.raises(NoticeFault, match=r"Owner\.name") as caught:
        Owner(name, "Số 1")
    assert caught.value.code == code


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(NoticeFault) as caught:
        Act(datetime(2026, 1, 1), "Ngã tư", "Hành vi", "Điều 6")  # noqa: DTZ001  # the fault under test
    assert caught.value.code == "time_naive"


@pytest.mark.parametrize(("number", "dated"), [(5, None), (None, date(2026, 1, 1)), (0, date(2026, 1, 1))])
def test_number_and_date_come_together(number: int | None, dated: date | None) -> None:
    with pytest.raises(NoticeFault) as caught:
        PaperNumber("TB-PC08", "TP. Hồ Chí Minh", number, dated)
    assert caught.value.code == "number_and_date"


@pytest.mark.parametrize("count", [0, MAX_PHOTOS + 1])
def test_number_of_photographs(count: int) -> None:
    with pytest.raises(NoticeFault) as caught:
        replace(papers.notice(), photos=papers.photos()[:1] * count)
    assert caught.value.code == "photo_count"


def test_a_photograph_too_large_is_refused() -> None:
    with pytest.raises(NoticeFault) as caught:
        Photo(PhotoRole.AT, bytes(17 * 1024 * 1024), "ảnh")
    assert caught.value.code == "photo_too_large"


def test_facts_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        papers.OWNER.name = "khác"  # type: ignore[misc]  # the fault under test


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 10), "ngày 10 tháng 12 năm 2026"),
    ],
)
def test_dates_as_the_decree_writes_them(day: date, words: str) -> None:
    assert decree_date(day) == words


def test_numbers_and_times_as_papers_write_them() -> None:
    draft = PaperNumber("TB-PC08", "TP. Hồ Chí Minh")
    assert full_number(replace(draft, number=7, dated=date(2026, 1, 1))) == "07/TB-PC08"
    assert full_number(replace(draft, number=123, dated=date(2026, 1, 1))) == "123/TB-PC08"
    assert full_number(draft) == "……/TB-PC08"
    assert dated_line(draft) == "TP. Hồ Chí Minh, ngày …… tháng …… năm ……"
    utc = datetime.fromisoformat("2026-12-31T17:05:09.876Z")
    assert act_time(utc) == "00:05:09, ngày 01/01/2027"
    assert appointment_time(utc) == "00 giờ 05 ngày 01 tháng 01 năm 2027"
    assert exact_time(utc) == "00:05:09,876"
