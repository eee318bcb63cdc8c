"""What is due at each place of a plate, and the look-alikes that may be put right."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.plate_forms import forms, proposed_repair
from detection.plate_text import is_known


@pytest.mark.parametrize(
    ("read", "proposed"),
    [
        ("51F1234S", "51F12345"),
        ("51-F 123.4S", "51F12345"),
        ("51F123O5", "51F12305"),
        ("O1F12345", None),  # 01 is no local code
        ("B9X12345", "89X12345"),
        ("51FBZG4", "51F8264"),
        ("51FBZC4", None),  # C is like no digit
        ("TM12O4", "TM1204"),
        ("5101234", "51D1234"),  # O never stands in a plate: a nought where a letter is due is D
        ("59X1234S6", "59X123456"),
        ("59XI23456", None),  # the fourth of nine may be letter or digit: never forced
        ("59XB23456", None),  # as it stands a motorcycle of 2023
        ("51F12345", None),
        ("KARAOKE", None),
        ("51W12345", None),
        ("", None),
        ("5", None),
    ],
)
def test_repairs_are_proposed_only_where_one_sort_is_due(read: str, proposed: str | None) -> None:
    assert proposed_repair(read) == proposed


@settings(max_examples=150)
@given(data=st.data())
def test_a_repair_changes_only_what_no_plate_has_there(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(forms()))
    characters = [data.draw(st.sampled_from(legal)) for legal in form.steps]
    for place in data.draw(st.sets(st.integers(0, len(characters) - 1), max_size=2)):
        characters[place] = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    text = "".join(characters)
    repaired = proposed_repair(text)
    if is_known(text):
        assert repaired is None
    if repaired is None:
        return
    assert is_known(repaired)
    assert len(repaired) == len(text)
    same_length = [other.steps for other in forms() if len(other.steps) == len(text)]
    for place, (read, put) in enumerate(zip(text, repaired, strict=True)):
        assert read == put or not any(read in steps[place] for steps in same_length)


def test_a_form_tells_its_row_break() -> None:
    assert {form.first_row for form in forms(lines=1)} == {None}
    assert None not in {form.first_row for form in forms(lines=2)}
    assert {form.first_row for form in forms(lines=2, vehicle="motorbike", colour="blue")} >= {4}


def test_unknown_hints_are_refused() -> None:
    with pytest.raises(ValueError, match="lines must be"):
        forms(lines=3)
