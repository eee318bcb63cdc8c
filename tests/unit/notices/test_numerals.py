"""Numbers in words: known examples, and every number read back by a reader that shares no code."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.faults import NoticeFault
from notices.numerals import LIMIT, dong_in_figures, dong_in_words, in_figures, in_words

_UNITS = dict(
    zip(
        ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mốt", "tư", "lăm"],
        [*range(11), 1, 4, 5],
        strict=True,
    )
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (91, "chín mươi mốt"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (104, "một trăm linh bốn"),
        (105, "một trăm linh năm"),
        (111, "một trăm mười một"),
        (115, "một trăm mười lăm"),
        (121, "một trăm hai mươi mốt"),
        (1_000, "một nghìn"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_015, "một nghìn không trăm mười lăm"),
        (21_000, "hai mươi mốt nghìn"),
        (850_000, "tám trăm năm mươi nghìn"),
        (1_000_000, "một triệu"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (1_500_000, "một triệu năm trăm nghìn"),
        (19_000_000, "mười chín triệu"),
        (75_000_000, "bảy mươi lăm triệu"),
        (1_000_000_001, "một tỷ không trăm linh một"),
        (2_050_000_000, "hai tỷ không trăm năm mươi triệu"),
        (1_001_000_000_000, "một nghìn không trăm linh một tỷ"),
    ],
)
def test_numbers_as_they_are_spoken(number: int, words: str) -> None:
    assert in_words(number) == words


def test_a_sum_begins_with_a_capital_and_ends_with_the_currency() -> None:
    assert dong_in_words(19_000_000) == "Mười chín triệu đồng"
    assert dong_in_words(5_500_000) == "Năm triệu năm trăm nghìn đồng"
    assert dong_in_figures(19_000_000) == "19.000.000 đồng"


@pytest.mark.parametrize(
    ("number", "figures"), [(0, "0"), (999, "999"), (1_000, "1.000"), (10**9, "1.000.000.000")]
)
def test_figures_carry_a_point_between_thousands(number: int, figures: str) -> None:
    assert in_figures(number) == figures


@pytest.mark.parametrize("number", [-1, LIMIT, LIMIT * 10])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(NoticeFault) as caught:
        in_words(number)
    assert caught.value.code == "number_range"


@given(st.integers(0, LIMIT - 1))
def test_every_number_reads_back(number: int) -> None:
    assert _read(in_words(number)) == number


@given(st.integers(0, 999), st.integers(0, 5))
def test_every_round_number_reads_back(group: int, thousands: int) -> None:
    number = group * 1_000**thousands
    assert _read(in_words(number)) == number


@given(st.integers(0, LIMIT - 1))
def test_every_number_is_written_as_it_is_spoken(number: int) -> None:
    """No figure word stands where the language changes it, and no number begins with an empty hundred."""
    words = in_words(number).split()
    pairs = list(pairwise(words))
    assert not {("mươi", "một"), ("mươi", "bốn"), ("mươi", "năm"), ("mười", "năm")} & set(pairs)
    assert not {("mười", "mốt"), ("mười", "tư"), ("linh", "lăm"), ("linh", "mốt"), ("linh", "tư")} & set(
        pairs
    )
    assert words == ["không"] or words[0] != "không"


def _read(words: str) -> int:
    billions, _, rest = words.rpartition("tỷ")
    return (_below_a_billion(billions) * 10**9 if billions else 0) + _below_a_billion(rest)


def _below_a_billion(words: str) -> int:
    total = group = 0
    for word in words.split():
        match word:
            case "triệu" | "nghìn":
                total += group * (10**6 if word == "triệu" else 10**3)
                group = 0
            case "trăm":
                group *= 100
            case "mươi":
                group = group // 100 * 100 + group % 100 * 10
            case "linh":
                pass
            case _:
                group += _UNITS[word]
    return total + group
