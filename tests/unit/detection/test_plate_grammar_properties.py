"""Properties of the grammar: every kind's plates parse with their own hints, and the two tables agree."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection import plate_text
from detection.decoding import ALPHABET, ROW_BREAK, machine_of
from detection.plate_forms import Form, forms
from detection.plate_text import COLOURS, VEHICLES, display, is_known, kind_of, kinds_of, normalise

GRAMMAR = json.loads(Path(plate_text.__file__).with_name("plates_regex.json").read_text(encoding="utf-8"))
PATTERNS = {kind: re.compile(entry["regex"], re.ASCII) for kind, entry in GRAMMAR["kinds"].items()}
MOTORCYCLES = {"foreign_moto", "emoto_legacy_md", "moto_new", "moto_old5", "moto_old4", "moto_state_blue"}
COLOURS_OF = {
    "military": ["red"],
    "moto_state_blue": ["blue"],
    "car": ["white", "yellow"],
    "car_legacy4": ["white", "yellow"],
    "special": ["white", "yellow", "blue"],
}
HINTS = st.fixed_dictionaries(
    {
        "vehicle": st.sampled_from([None, *VEHICLES]),
        "colour": st.sampled_from([None, *COLOURS]),
    }
)


@dataclass(frozen=True)
class Hung:
    """A plate as it hangs on its vehicle."""

    text: str
    lines: int
    vehicle: str
    colour: str
    first_row: int | None


@st.composite
def plates(draw: st.DrawFn, kind: str) -> Hung:
    pattern = re.compile(GRAMMAR["kinds"][kind]["regex"].removesuffix("$"), re.ASCII)
    text = draw(st.from_regex(pattern, fullmatch=True))
    match = PATTERNS[kind].match(text)
    assert match is not None
    lines = 2 if kind in MOTORCYCLES else draw(st.sampled_from([1, 2]))
    vehicle = "motorbike" if kind in MOTORCYCLES else draw(st.sampled_from(["car", "bus", "truck"]))
    return Hung(
        text=text,
        lines=lines,
        vehicle=vehicle,
        colour=draw(st.sampled_from(COLOURS_OF.get(kind, ["white"]))),
        first_row=match.start("num") if lines == 2 else None,
    )


@pytest.mark.parametrize("kind", GRAMMAR["order"])
@settings(max_examples=60)
@given(data=st.data())
def test_a_plate_is_never_refused_with_its_own_hints(kind: str, data: st.DataObject) -> None:
    hung = data.draw(plates(kind))
    seen = {"lines": hung.lines, "vehicle": hung.vehicle, "colour": hung.colour, "first_row": hung.first_row}
    chosen = data.draw(st.sets(st.sampled_from(sorted(seen))))
    hints = {name: seen[name] for name in chosen}
    assert kind in kinds_of(hung.text, **hints)  # type: ignore[arg-type]  # keyword values by name
    assert is_known(hung.text, **hints)  # type: ignore[arg-type]
    assert kind_of(hung.text, **hints) in {*GRAMMAR["kinds"], "unknown"}  # type: ignore[arg-type]
    assert normalise(display(hung.text, kind)) == hung.text
    assert kind in kinds_of(display(hung.text, kind), **hints)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", GRAMMAR["order"])
@settings(max_examples=60)
@given(data=st.data())
def test_everything_seen_leaves_one_writing(kind: str, data: st.DataObject) -> None:
    hung = data.draw(plates(kind))
    fitting = kinds_of(
        hung.text, lines=hung.lines, vehicle=hung.vehicle, colour=hung.colour, first_row=hung.first_row
    )
    assert len({display(hung.text, name) for name in fitting}) == 1


@st.composite
def written(draw: st.DrawFn, ways: tuple[Form, ...]) -> tuple[str, int | None]:
    """A text and the length of its first row: a form's own, or one that a slip or two have changed."""
    form = draw(st.sampled_from(ways))
    characters = [draw(st.sampled_from(legal)) for legal in form.steps]
    if draw(st.booleans()):
        characters[-form.counted or len(characters) :] = "0" * form.counted
    first_row = form.first_row
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(characters) - 1))
        characters[place] = draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if first_row is not None and draw(st.booleans()):
        first_row = draw(st.integers(1, len(characters) - 1))
    return "".join(characters), first_row


@settings(max_examples=400, deadline=None)
@given(case=written(forms()), hints=HINTS, lines=st.sampled_from([None, 1, 2]))
def test_the_places_agree_with_the_expressions(
    case: tuple[str, int | None], hints: dict[str, str | None], lines: int | None
) -> None:
    text, first_row = case
    rows = 1 if first_row is None else 2
    known = lines in {None, rows} and is_known(text, lines=rows, first_row=first_row, **hints)
    broken = text if first_row is None else text[:first_row] + ROW_BREAK + text[first_row:]
    classes = [ALPHABET.index(character) + 1 for character in broken]
    assert machine_of(lines, hints["vehicle"], hints["colour"]).accepts(classes) == known


@pytest.mark.parametrize("kind", GRAMMAR["order"])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_plate_of_the_expressions_has_its_place(kind: str, data: st.DataObject) -> None:
    hung = data.draw(plates(kind))
    row = hung.first_row
    broken = hung.text if row is None else hung.text[:row] + ROW_BREAK + hung.text[row:]
    classes = [ALPHABET.index(character) + 1 for character in broken]
    for machine in (machine_of(None, None, None), machine_of(hung.lines, hung.vehicle, hung.colour)):
        assert machine.accepts(classes)
        assert not machine.accepts(classes[:-4])
