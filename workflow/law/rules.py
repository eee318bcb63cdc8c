"""Rules that are no row of an act and no length of a clock: `rules.csv`, picked by the day of the step."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from workflow.law import tables
from workflow.law.rows import LawGapError
from workflow.law.tables import Basis


@dataclass(frozen=True, slots=True)
class Rule:
    value: str
    valid_from: date
    valid_to: date | None
    basis: Basis


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """All rules by name, each with its versions."""
    found: dict[str, tuple[Rule, ...]] = {}
    for row in tables.table("rules.csv"):
        rule = Rule(
            row["value"],
            date.fromisoformat(row["valid_from"]),
            tables.day_or_none(row["valid_to"]),
            Basis(f"rule:{row['rule']}", row["source"], row["mark"] == "V", row["version"], row["why"]),
        )
        found[row["rule"]] = (*found.get(row["rule"], ()), rule)
    return found


def rule(name: str, day: date) -> Rule:
    """The rule in force on a day.

    Raises:
        LawGapError: the table has none.
    """
    for each in rules().get(name, ()):
        if tables.in_force(each.valid_from, each.valid_to, day):
            return each
    raise LawGapError(f"rules.csv has no row for {name} on {day}")
