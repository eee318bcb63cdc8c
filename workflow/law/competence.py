"""Who may sign what on which day: `competence.csv`, `titles.csv`, `act_lists.csv`.

A title's limit is tested against the maximum of the bracket of every act, times the persons in excess
(NĐ 168/2024 Điều 45; LXLVPHC Art 52), never against the amount: the strict reading, which can only refuse.
What the tables do not know for certain asks for an officer's recorded confirmation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from workflow.law import tables
from workflow.law.amounts import bracket_of, fined_as
from workflow.law.rows import LawRow, Measure, ViolatorKind
from workflow.law.rules import rule
from workflow.law.tables import Basis


@dataclass(frozen=True, slots=True)
class Title:
    """What a title may do between two days."""

    title: str
    limit: int  # đồng, for one act of an individual
    suspend: str  # yes | no | unsure
    confiscate_up_to: str  # đồng | any | none
    act_list: str
    valid_from: date
    valid_to: date | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class Competence:
    """The answer. `reason` is stable, `detail` says it in words."""

    ok: bool
    # "" | unknown_title | no_row | act_not_listed | above_limit | may_not_suspend | may_not_confiscate
    reason: str
    detail: str
    source: str
    needs_confirmation: bool
    proof: Mapping[str, Any]


@cache
def titles() -> dict[str, str]:
    """Code and Vietnamese name of every title."""
    return {row["title"]: row["name_vi"] for row in tables.table("titles.csv")}


@cache
def _rows() -> tuple[Title, ...]:
    return tuple(
        Title(
            row["title"],
            int(row["limit"]),
            row["suspend"],
            row["confiscate_up_to"],
            row["act_list"],
            date.fromisoformat(row["valid_from"]),
            tables.day_or_none(row["valid_to"]),
            Basis(
                f"title:{row['title']}/{row['valid_from']}",
                row["source"],
                row["mark"] == "V",
                row["version"],
                row["why"],
            ),
        )
        for row in tables.table("competence.csv")
    )


def title_on(title: str, day: date) -> Title | None:
    """The row of a title on a day, or None."""
    for row in _rows():
        if row.title == title and tables.in_force(row.valid_from, row.valid_to, day):
            return row
    return None


@dataclass(frozen=True, slots=True)
class _ActList:
    points: frozenset[str]
    basis: Basis

    def holds(self, point: str) -> bool:
        """A listed article or clause holds its points; "?" is a list that nobody has entered."""
        parts = point.split(".")
        return bool({"*", "?", *(".".join(parts[:n]) for n in range(1, len(parts) + 1))} & self.points)


def _act_list(name: str, day: date) -> _ActList:
    row = next(
        row
        for row in tables.table("act_lists.csv")
        if row["list"] == name
        and tables.in_force(date.fromisoformat(row["valid_from"]), tables.day_or_none(row["valid_to"]), day)
    )
    basis = Basis(f"act_list:{name}", row["source"], row["mark"] == "V", row["version"], row["why"])
    return _ActList(frozenset(row["points"].split()), basis)


def listed(row: LawRow, title: str, day: date) -> bool:
    """Whether an act stands in the list of Điều 41 that binds a title; True where the list is not entered."""
    found = title_on(title, day)
    return found is not None and _act_list(found.act_list, day).holds(row.point)


def check(  # noqa: PLR0913  # each is a fact of the decision
    title: str,
    day: date,
    acts: Sequence[tuple[LawRow, int]],
    kind: ViolatorKind,
    measures: Collection[Measure] = (),
    *,
    delegated: bool = False,
    confiscated_value: int | None = None,
) -> Competence:
    """Whether a title may sign a decision on these acts.

    Args:
        title: a code of `titles()`; with a delegation that of the one who delegates.
        day: of signing, in Vietnam.
        acts: the rows of the handling with the persons in excess (1 where none are counted).
        kind: who is fined.
        measures: what else the decision contains.
        delegated: a deputy signs under a written delegation.
        confiscated_value: đồng, where something is confiscated; None where it was not appraised.
    """
    inputs = {
        "title": title,
        "day": day.isoformat(),
        "acts": [{"row": row.code, "persons": persons} for row, persons in acts],
        "violator_kind": str(kind),
        "measures": sorted(str(measure) for measure in measures),
        "delegated": delegated,
        "confiscated_value": confiscated_value,
    }
    found = title_on(title, day)
    if found is None:
        reason = "no_row" if title in titles() else "unknown_title"
        return _answer(reason, f"competence.csv does not know what {title} may sign on {day}", [], inputs)
    bases = [found.basis]
    if delegated:
        bases.append(rule("delegation", day).basis)
    reason, detail = _refused_acts(found, day, acts, kind, bases)
    if not reason:
        reason, detail = _refused_measures(found, measures, confiscated_value, bases)
    return _answer(reason, detail, bases, inputs)


def _refused_acts(
    found: Title, day: date, acts: Iterable[tuple[LawRow, int]], kind: ViolatorKind, bases: list[Basis]
) -> tuple[str, str]:
    listing = _act_list(found.act_list, day)
    bases.append(listing.basis)
    counted, by = fined_as(kind, day)
    bases += by
    limit = found.limit
    if counted is ViolatorKind.ORGANISATION:
        factor = rule("competence_factor", day)
        limit *= int(factor.value)
        bases.append(factor.basis)
    for row, persons in acts:
        if not listing.holds(row.point):
            return "act_not_listed", f"{row.provision} is not in the list of acts of {found.title}"
        bracket = bracket_of(row, kind, day, persons)
        if bracket is not None and bracket.high > limit:
            return (
                "above_limit",
                f"the bracket of {row.code} ends at {bracket.high} đ, above {limit} đ",
            )
    return "", ""


def _refused_measures(
    found: Title, measures: Collection[Measure], value: int | None, bases: list[Basis]
) -> tuple[str, str]:
    # Whoever may suspend a licence and fine the act may deduct its points (Điều 50.2).
    if {Measure.SUSPEND, Measure.DEDUCT_POINTS} & set(measures):
        if found.suspend == "no":
            return "may_not_suspend", f"{found.title} may neither suspend a licence nor deduct points"
        if found.suspend == "unsure":
            why = "the power to suspend was read in one copy, not a second time"
            bases.append(replace(found.basis, key=f"{found.basis.key}/suspend", verified=False, why=why))
    if Measure.CONFISCATE in measures:
        refused = f"{found.title} may confiscate up to {found.confiscate_up_to} đ, not {value} đ"
        if found.confiscate_up_to == "none":
            return "may_not_confiscate", f"{found.title} may not confiscate"
        if value is not None and found.confiscate_up_to != "any" and value > int(found.confiscate_up_to):
            return "may_not_confiscate", refused
        why = "the limit of what may be confiscated was read in one copy, not a second time"
        bases.append(replace(found.basis, key=f"{found.basis.key}/confiscate", verified=False, why=why))
    return "", ""


def _answer(reason: str, detail: str, bases: list[Basis], inputs: dict[str, Any]) -> Competence:
    proof = tables.proof_of(bases, rule="competence on the maximum of the bracket", inputs=inputs)
    return Competence(
        not reason, reason, detail, proof["source"], not reason and not proof["verified"], proof
    )
