"""Whatever a table of the law cites stands in the list of sources, with the day it came into force."""

import re
from datetime import date

import pytest

from docs import legal_sources
from workflow.law import tables

SOURCES = {row["key"]: row for row in tables.table("sources.csv")}
NUMBERED = re.compile(r"(?:NĐ|TT|Luật) \d+/\d{4}(?:/[A-ZĐ-]+\d*)?")


def cited(name: str, *columns: str) -> set[str]:
    return {
        found for row in tables.table(name) for column in columns for found in NUMBERED.findall(row[column])
    }


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("fines.csv", ("decree",)),
        ("deadlines.csv", ("source",)),
        ("rules.csv", ("source",)),
        ("competence.csv", ("source",)),
        ("act_lists.csv", ("source",)),
    ],
)
def test_every_decree_cited_is_a_source(name: str, columns: tuple[str, ...]) -> None:
    found = cited(name, *columns)
    assert found
    assert found <= {row["rule"] for row in SOURCES.values()}


def test_every_row_of_an_act_names_its_copies() -> None:
    for row in tables.table("fines.csv"):
        keys = [text.split()[0] for text in row["source"].split("; ")]
        assert set(keys) <= set(SOURCES), row


def test_no_row_is_older_than_its_decree() -> None:
    """A row that starts before the decree that it cites would charge somebody for a time before it."""
    in_force = {
        row["rule"]: date.fromisoformat(row["in_force"]) for row in SOURCES.values() if row["in_force"]
    }
    places = (("fines", "decree"), ("competence", "source"), ("deadlines", "source"), ("rules", "source"))
    for name, column in places:
        for row in tables.table(f"{name}.csv"):
            for decree in NUMBERED.findall(row[column]):
                if decree in in_force:
                    assert in_force[decree] <= date.fromisoformat(row["valid_from"]), row


def test_the_page_lists_every_source_with_its_day() -> None:
    text = legal_sources.PAGE.read_text(encoding="utf-8")
    assert legal_sources.page() == text
    for row in SOURCES.values():
        assert f"| {row['rule']} |" in text
        assert row["in_force"] in text


def test_a_page_without_its_markers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legal_sources, "PAGE", legal_sources.PAGE.with_name("glossary.md"))
    with pytest.raises(ValueError, match="markers"):
        legal_sources.page()
