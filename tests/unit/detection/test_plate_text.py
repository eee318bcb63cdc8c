"""The grammar: what is a plate, of which kind, and how it is written."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection import plate_text
from detection.plate_text import (
    UNKNOWN,
    all_kinds,
    display,
    is_known,
    kind_of,
    kinds_of,
    kinds_under,
    mopeds_under,
    normalise,
)

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
        ("TM1234", {"lines": 2, "first_row": 2}, "military", "TM-12-34"),
        ("51A12345", {"colour": "blue", "vehicle": "car"}, "car", "51A-123.45"),
        ("51S12345", {"colour": "blue", "vehicle": "car"}, UNKNOWN, "51S12345"),  # the state has no S
        ("80A1234", {"colour": "blue"}, "car_legacy4", "80A-1234"),
        ("80S1234", {"colour": "blue"}, UNKNOWN, "80S1234"),
        ("59S112345", {"colour": "blue"}, UNKNOWN, "59S112345"),
        ("59A112345", {"colour": "yellow"}, UNKNOWN, "59A112345"),  # yellow is for cars
        ("20KT22622", {"colour": "red"}, UNKNOWN, "20KT22622"),
        ("51RM12345", {"vehicle": "truck"}, "special", "51RM-123.45"),
        ("80441NG02", {"lines": 2, "first_row": 5}, "foreign_car", "80-441-NG-02"),
        ("80441NG02", {"vehicle": "motorbike"}, UNKNOWN, "80441NG02"),
        ("80441NG02", {"colour": "blue"}, UNKNOWN, "80441NG02"),
        ("T8023588", {"colour": "blue"}, "temporary", "T80-235.88"),  # for events
        ("T8023588", {"colour": "yellow"}, UNKNOWN, "T8023588"),
        ("59AA12345", {"lines": 2, "first_row": 3}, UNKNOWN, "59AA12345"),
        ("59AA12345", {"lines": 1}, UNKNOWN, "59AA12345"),
        ("51FB4779", {}, UNKNOWN, "51FB4779"),  # an old moped: legal, and no kind of the table
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


@pytest.mark.parametrize("first_row", [-1, 0, 6, 7])
def test_a_row_without_characters_is_none(first_row: int) -> None:
    assert kinds_of("TM1234", lines=2, first_row=first_row) == ()


@pytest.mark.parametrize(
    ("text", "hints", "known"),
    [
        ("51-FB 4779", {}, True),
        ("51FB4779", {"lines": 2, "first_row": 4, "vehicle": "motorbike", "colour": "white"}, True),
        ("51FB4779", {"lines": 2, "first_row": 3}, False),
        ("51FB4779", {"lines": 1}, False),
        ("51FB4779", {"vehicle": "car"}, False),
        ("51FB4779", {"colour": "blue"}, False),
        ("51F12345", {}, True),
        ("51IB4779", {}, False),
        ("13FB4779", {}, False),
        ("", {}, False),
    ],
)
def test_old_mopeds_are_plates_without_a_kind(text: str, hints: dict[str, int | str], known: bool) -> None:  # noqa: FBT001
    assert is_known(text, **hints) is known  # type: ignore[arg-type]  # a table of keyword values


def test_hints_alone_leave_kinds() -> None:
    assert kinds_under() == set(all_kinds())
    assert kinds_under(colour="red") == {"military"}
    assert "moto_new" not in kinds_under(lines=1)
    assert "car" not in kinds_under(vehicle="motorbike")
    assert kinds_under(vehicle="car") & kinds_under(vehicle="motorbike", colour="white") == {
        "special",
        "temporary",
    }
    assert mopeds_under(vehicle="motorbike")
    assert not mopeds_under(vehicle="bus")


def test_the_copy_of_the_law_is_what_the_grammar_reads() -> None:
    for kind, entry in GRAMMAR["kinds"].items():
        assert kind in kinds_of(entry["example_normalised"])


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
