"""The tables of docs/legal-sources.md, from `workflow/law/`; the prose around them is written by hand."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from workflow.law import tables
from workflow.law.competence import titles
from workflow.law.offences import decree_of, offences

PAGE = Path(__file__).with_name("legal-sources.md")
BEGIN, END = "<!-- tables: written by `make docs` -->\n", "<!-- end of tables -->\n"


def page() -> str:
    """The page with its tables brought up to date.

    Raises:
        ValueError: the page lost its markers.
    """
    text = PAGE.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE.name} has lost the markers of its tables")
    return f"{before}{BEGIN}\n{_tables()}\n{END}{after}"


def _tables() -> str:
    parts = (_sources, _acts, _guarded, _clocks, _rules, _titles, _holidays)
    return "\n".join(part() for part in parts)


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, tuple("---" for _ in head), *rows)
    return f"### {title}\n\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _force(row: dict[str, str], first: str = "valid_from", last: str = "valid_to") -> str:
    return f"{row[first] or '?'} … {row[last]}" if row[last] else row[first] or "not given"


def _sources() -> str:
    rows = [
        (row["rule"], row["subject"], _force(row, "in_force", "until"), row["mark"], row["note"])
        for row in tables.table("sources.csv")
    ]
    return _table("Rules", ("rule", "subject", "in force", "known", "note"), rows)


def _acts() -> str:
    counts: Counter[tuple[str, bool]] = Counter()
    for rows in offences().values():
        for offence in rows:
            counts[decree_of(offence.row.provision), offence.row.verified] += 1
    decrees = sorted({decree for decree, _verified in counts})
    return _table(
        "Rows of acts",
        ("decree", "verified", "only with a confirmation"),
        [(decree, str(counts[decree, True]), str(counts[decree, False])) for decree in decrees],
    )


def _guarded() -> str:
    rows = [
        (
            f"`{offence.row.act}`",
            offence.vehicle_class,
            offence.row.point,
            str(offence.valid_from),
            offence.row.guard,
        )
        for rows in offences().values()
        for offence in rows
        if not offence.row.verified
    ]
    return _table("Acts that need a confirmation", ("act", "class", "point", "from", "what to confirm"), rows)


def _clocks() -> str:
    rows = [
        (
            f"{row['clock']} {row['variant']}".strip(),
            f"{row['length']} {row['unit'].replace('_', ' ')}",
            _force(row),
            row["mark"],
            row["source"],
        )
        for row in tables.table("deadlines.csv")
    ]
    return _table("Clocks", ("clock", "length", "in force", "known", "source"), rows)


def _rules() -> str:
    rows = [
        (f"`{row['rule']}`", row["value"] or "–", _force(row), row["mark"], row["source"])
        for row in tables.table("rules.csv")
    ]
    return _table("Other rules", ("rule", "value", "in force", "known", "source"), rows)


def _titles() -> str:
    rows = [
        (
            titles()[row["title"]],
            f"{int(row['limit']):,}".replace(",", "."),
            row["suspend"],
            row["act_list"],
            _force(row),
            row["mark"],
        )
        for row in tables.table("competence.csv")
    ]
    return _table("Who may sign", ("title", "limit, đ", "suspend", "acts", "in force", "known"), rows)


def _holidays() -> str:
    rows = [
        (row["day"], row["kind"], row["name"], row["mark"], row["source"])
        for row in tables.table("holidays.csv")
    ]
    return _table("Days that the calendar package has wrong", ("day", "is", "name", "known", "source"), rows)
