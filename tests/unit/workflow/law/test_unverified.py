"""What needs an officer's recorded confirmation; the right to explain; the marks of the tables."""

import csv
import re
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from workflow.law import tables
from workflow.law.amounts import proposed
from workflow.law.competence import check
from workflow.law.deadlines import due
from workflow.law.explanation import right_to_explain
from workflow.law.offences import offence_for
from workflow.law.rows import LawGapError, LawRow, ViolatorKind
from workflow.law.rules import rule, rules
from workflow.law.unverified import Proven, unverified_inputs
from workflow.vocabulary import Clock

DAY, READ = date(2026, 11, 24), date(2026, 9, 1)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
RED = offence_for("red_light", "car", DAY).row
PERSON, ORGANISATION = ViolatorKind.PERSON, ViolatorKind.ORGANISATION


def keys(*relied: LawRow | Proven) -> list[str]:
    return [each.key for each in unverified_inputs(*relied)]


def test_verified_inputs_ask_for_nothing() -> None:
    assert keys(RED, due(Clock.BAR, NOW, NOW), check("traffic_police_head", READ, [(RED, 1)], PERSON)) == []
    assert keys() == []


def test_each_doubt_is_named_once_with_its_source_and_reason() -> None:
    amount = proposed(RED, PERSON, day=DAY)
    found = unverified_inputs(amount, amount, due(Clock.DECIDE, NOW, NOW))
    assert [each.key for each in found] == ["rule:middle", "clock:DECIDE", "calendar:VN"]
    assert all(each.source and each.why for each in found)


def test_a_guarded_row_is_a_doubt_and_says_what_to_confirm() -> None:
    tanker = offence_for("truck_overload_10_30", "truck", DAY).row
    (doubt,) = unverified_inputs(tanker)
    assert doubt.key == "row:truck_overload_10_30/car/2025-01-01"
    assert "tanker" in doubt.why


def test_competence_since_september_2026_is_a_doubt() -> None:
    assert keys(check("traffic_police_head", DAY, [(RED, 1)], PERSON)) == [
        "title:traffic_police_head/2026-09-26"
    ]


@pytest.mark.parametrize(
    ("act", "vehicle", "kind", "exists"),
    [
        ("red_light", "car", PERSON, True),
        ("red_light", "motorbike", PERSON, False),
        ("red_light", "motorbike", ORGANISATION, False),
        ("red_light", "car", ORGANISATION, True),
        ("weaving", "motorbike", PERSON, True),  # suspends the licence, 10 million
        ("child_seat", "car", PERSON, False),
    ],
)
def test_the_right_to_explain_needs_a_suspension_or_a_high_bracket(
    act: str, vehicle: str, kind: ViolatorKind, *, exists: bool
) -> None:
    right = right_to_explain([(offence_for(act, vehicle, DAY).row, 1)], kind, DAY)
    assert right.exists is exists
    assert not right.proof["verified"]


def test_a_rule_that_nobody_wrote_down_is_a_gap() -> None:
    with pytest.raises(LawGapError, match="mercy"):
        rule("mercy", DAY)
    with pytest.raises(LawGapError, match="middle on 2024"):
        rule("middle", date(2024, 1, 1))


def test_the_tables_are_well_formed() -> None:
    """Marks are known, dates in order, no line breaks, nothing unverified without a reason."""
    for name in ("deadlines.csv", "rules.csv", "competence.csv", "act_lists.csv"):
        for row in tables.table(name):
            assert row["mark"] in tables.MARKS, row
            assert bool(row["why"]) == (row["mark"] != "V"), row
            assert row["source"], row
            assert not row["valid_to"] or row["valid_from"] <= row["valid_to"], row
    for row in tables.table("fines.csv"):
        assert row["verified"] in {"yes", "no"}
        assert row["verified"] == "yes" or row["guard"] or row["note"], row
        assert row["text_vi"], row
        assert row["text_en"], row
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["valid_from"]), row
    assert rules()


def test_each_version_names_the_table_and_the_row() -> None:
    versions = [row["version"] for name in ("fines.csv", "deadlines.csv") for row in tables.table(name)]
    assert len(set(versions)) == len(versions)
    assert all(re.fullmatch(r"\w+\.csv@[0-9a-f]{12} [0-9a-f]{12}", version) for version in versions)


def test_no_cell_is_left_over() -> None:
    """A stray comma would shift what follows it."""
    for path in resources.files("workflow.law").iterdir():
        if path.name.endswith(".csv"):
            lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
            assert {len(line) for line in lines} == {len(lines[0])}, path.name
