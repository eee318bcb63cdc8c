"""The grammar: what is a plate, of which kind, and how it is written."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection import plate_text
from detection.plate_text import UNKNOWN, all_kinds, display, kind_of, kinds_of, normalise

GRAMMAR = json.loads(Path(plate_text.__file__).with_name("plates_regex.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("51F-123.45", "51F12345"),
        ("59-x1 234.56", "59X123456"),
        ("29-MĐ1 234.56", "29MD123456"),
        ("29-mđ1", "29MD1"),
        ("29-MĐ1", "29MD1"),
        ("", ""),
        ("biển số", "BINS"),  # other letters are dropped, not folded
    ],
)
def test_normal_form(written: str, plain: str) -> None:
    assert normalise(written) == plain


@pytest.mark.parametrize(
    ("text", "hints", "kind", "shown"),
    [
        ("51F12345", {"vehicle": "car"}, "car", "51F-123.45"),
        ("51F12345", {"lines": 1}, "car", "51F-123.45"),
        ("51F02345", {}, "car", "51F-023.45"),  # a motorcycle's series has no 0
        ("52A1234", {}, "car_legacy4", "52A-1234"),
        ("59AA12345", {}, "moto_new", "59-AA 123.45"),
        ("59X123456", {}, "moto_old5", "59-X1 234.56"),
        ("59A112345", {"colour": "blue"}, "moto_state_blue", "59-A1 123.45"),
        ("59A112345", {"colour": "white"}, "moto_old5", "59-A1 123.45"),
        ("59A112345", {}, "moto_old5", "59-A1 123.45"),
        ("59X12345", {"vehicle": "motorbike"}, "moto_old4", "59-X1 2345"),
        ("59X12345", {"vehicle": "truck"}, "car", "59X-123.45"),
        ("59X12345", {"lines": 2, "first_row": 3}, "car", "59X-123.45"),
        ("59X12345", {"lines": 2, "first_row": 4}, "moto_old4", "59-X1 2345"),
        ("59X12345", {"lines": 2}, UNKNOWN, "59X12345"),
        ("59X12345", {"colour": "yellow"}, "car", "59X-123.45"),
        ("59LD12345", {}, UNKNOWN, "59LD12345"),
        ("59LD12345", {"vehicle": "car"}, "special", "59LD-123.45"),
        ("59LD12345", {"vehicle": "motorbike"}, "moto_new", "59-LD 123.45"),
        ("20KT1234", {}, "special", "20KT-1234"),
        ("29MD112345", {}, "emoto_legacy_md", "29-MD1 123.45"),
        ("T8023588", {}, "temporary", "T80-235.88"),
        ("80441NG02", {}, "foreign_car", "80-441-NG-02"),
        ("29121NN101", {}, "foreign_moto", "29-121-NN 101"),
        ("TM1234", {"colour": "red"}, "military", "TM-12-34"),
        ("TM1234", {"colour": "white"}, UNKNOWN, "TM1234"),
    ],
)
def test_kind_and_writing(text: str, hints: dict[str, int | str], kind: str, shown: str) -> None:
    found = kind_of(text, **hints)  # type: ignore[arg-type]  # a table of keyword values
    assert (found, display(text, found)) == (kind, shown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "51F",
        "13A12345",  # 13 is no local code
        "51I12345",
        "51O12345",
        "51W12345",
        "51F00000",
        "59R112345",  # R is never the first letter of a series
        "59X012345",
        "51F123456X",
        "AB12CD",
        "YG9X2G",
    ],
)
def test_no_plate(text: str) -> None:
    assert kinds_of(text) == ()
    assert kind_of(text) == UNKNOWN
    assert display(text, UNKNOWN) == normalise(text)


@pytest.mark.parametrize("hints", [{"lines": 3}, {"lines": 0}, {"vehicle": "tank"}, {"colour": "green"}])
def test_unknown_hints_are_refused(hints: dict[str, int | str]) -> None:
    with pytest.raises(ValueError, match="must be"):
        kinds_of("51F12345", **hints)  # type: ignore[arg-type]  # a table of keyword values


def test_every_kind_of_the_list_is_known_in_its_order() -> None:
    assert list(all_kinds()) == GRAMMAR["order"]
    assert {int(code) for code in GRAMMAR["province_codes_in_use"]} == plate_text.province_codes()


@pytest.mark.parametrize("kind", GRAMMAR["order"])
@settings(max_examples=20)
@given(data=st.data())
def test_what_a_kind_writes_reads_back(kind: str, data: st.DataObject) -> None:
    pattern = re.compile(GRAMMAR["kinds"][kind]["regex"].removesuffix("$"), re.ASCII)
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    assert kind in kinds_of(text)
    assert kind in kinds_of(display(text, kind))
    assert normalise(display(text, kind)) == text


@settings(max_examples=50)
@given(text=st.text(max_size=20))
def test_any_text_has_a_normal_form_and_at_most_known_kinds(text: str) -> None:
    plain = normalise(text)
    assert re.fullmatch(r"[0-9A-Z]*", plain)
    assert normalise(plain) == plain
    assert set(kinds_of(text)) <= set(all_kinds())


@settings(max_examples=50)
@given(text=st.from_regex(r"[1-9][0-9][A-Z][A-Z0-9][0-9]{4,5}", fullmatch=True))
def test_a_hint_never_adds_a_kind(text: str) -> None:
    every = kinds_of(text)
    for hints in (
        {"lines": 1},
        {"lines": 2},
        {"vehicle": "car"},
        {"vehicle": "motorbike"},
        {"colour": "blue"},
    ):
        assert set(kinds_of(text, **hints)) <= set(every)
