"""How much: the bracket for a violator, the amount inside it, and the points. Whole đồng; proofs go along.

Without circumstances the amount is the middle of the bracket; one more mitigating (aggravating) circumstance
opens the range from the middle to the lower (upper) end, in which the signer chooses; two or more give the
end itself (NĐ 118/2021 Điều 9 as amended by NĐ 68/2025).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from workflow.law import tables
from workflow.law.rows import LawRow, ViolatorKind
from workflow.law.rules import rule
from workflow.law.tables import Basis


@dataclass(frozen=True, slots=True)
class Bracket:
    """The two ends for this violator and this number of persons; `bases` says why."""

    low: int
    high: int
    bases: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """What a decision may say. All None for a warning; `proposed` is None where the signer must choose."""

    bracket_min: int | None
    bracket_max: int | None
    low: int | None
    high: int | None
    proposed: int | None
    proof: Mapping[str, Any]

    def allows(self, amount: int | None) -> bool:
        """Whether a decision may name this amount; None is the amount of a warning and of nothing else."""
        if self.low is None or self.high is None or amount is None:
            return amount is None and self.low is None
        return self.low <= amount <= self.high


@dataclass(frozen=True, slots=True)
class Points:
    """Points of the licence. `count` is None where the facts given do not settle it: a person decides."""

    count: int | None
    reason: str
    proof: Mapping[str, Any]


def basis_of(row: LawRow) -> Basis:
    """The row itself as something to rest on."""
    return Basis(f"row:{row.code}", f"{row.provision} ({row.source})", row.verified, row.version, row.guard)


def fined_as(kind: ViolatorKind, day: date) -> tuple[ViolatorKind, tuple[Basis, ...]]:
    """Whether a violator is fined as a person or as an organisation, and by which rule."""
    if kind in {ViolatorKind.PERSON, ViolatorKind.ORGANISATION}:
        return kind, ()
    found = rule(str(kind), day)
    return ViolatorKind(found.value), (found.basis,)


def bracket_of(row: LawRow, kind: ViolatorKind, day: date, persons: int = 1) -> Bracket | None:
    """The bracket of one act for a violator, or None for a warning.

    Args:
        row: the row of the act.
        kind: who is fined.
        day: of the step (signing), which picks the rules.
        persons: in excess, where the row counts them; otherwise 1.

    Raises:
        ValueError: a number of persons that the row cannot have.
    """
    if persons < 1 or (persons > 1 and not row.per_person):
        raise ValueError(f"{row.code} cannot count {persons} persons")
    ends = row.bracket
    if ends is None:
        return None
    counted, bases = fined_as(kind, day)
    bases = (basis_of(row), *bases)
    cap = row.cap
    if counted is ViolatorKind.ORGANISATION:
        if row.org_min is not None and row.org_max is not None:
            ends, cap = (row.org_min, row.org_max), row.org_cap
        else:
            found = rule("organisation_factor", day)
            factor = int(found.value)
            ends = (ends[0] * factor, ends[1] * factor)
            cap = None if cap is None else cap * factor
            bases = (*bases, found.basis)
    low, high = ends
    if row.per_person:
        low, high = low * persons, high * persons
        bases = (*bases, rule("per_person", day).basis)
    if cap is not None:
        low, high = min(low, cap), min(high, cap)
    return Bracket(low, high, bases)


def proposed(  # noqa: PLR0913  # each is a fact of the decision
    row: LawRow,
    kind: ViolatorKind,
    *,
    day: date,
    persons: int = 1,
    mitigating: tuple[str, ...] = (),
    aggravating: tuple[str, ...] = (),
) -> Amount:
    """What the law lets a decision say of one act.

    Args:
        row: the row of the act.
        kind: who is fined.
        day: of signing, in Vietnam.
        persons: in excess, where the row counts them.
        mitigating: the circumstances found, in words; recorded in the proof.
        aggravating: the same.
    """
    inputs = {
        "row": row.code,
        "violator_kind": str(kind),
        "persons": persons,
        "day": day.isoformat(),
        "mitigating": list(mitigating),
        "aggravating": list(aggravating),
    }
    bracket = bracket_of(row, kind, day, persons)
    if bracket is None:
        proof = tables.proof_of([basis_of(row)], rule="a warning has no amount", inputs=inputs)
        return Amount(None, None, None, None, None, proof)
    bases = [*bracket.bases, rule("middle", day).basis]
    total = bracket.low + bracket.high
    middle = total // 2
    if total % 2:
        bases.append(rule("middle_rounding", day).basis)
    net = len(mitigating) - len(aggravating)
    low, high, words = _range(bracket, middle, net)
    if mitigating or aggravating:
        bases.append(rule("circumstances", day).basis)
    proof = tables.proof_of(bases, rule=words, inputs=inputs)
    return Amount(bracket.low, bracket.high, low, high, low if low == high else None, proof)


def _range(bracket: Bracket, middle: int, net: int) -> tuple[int, int, str]:
    if net == 0:
        return middle, middle, "the middle of the bracket"
    if net == 1:
        return bracket.low, middle, "from the minimum to the middle: the signer chooses"
    if net == -1:
        return middle, bracket.high, "from the middle to the maximum: the signer chooses"
    end = bracket.low if net > 0 else bracket.high
    return end, end, "the minimum" if net > 0 else "the maximum"


def points_due(
    row: LawRow, *, day: date, drove: bool | None, excess_percent: Fraction | int | None = None
) -> Points:
    """The points that an act takes from the licence of the person fined.

    Args:
        row: the row of the act.
        day: of the step.
        drove: whether the person fined was shown to have driven (False for an organisation); None where an
            owner is fined who was not shown to (Điều 47.8.b): points belong to a driver, so a person decides.
        excess_percent: persons in excess of what the vehicle may carry, where the points depend on it.
    """
    bases = [basis_of(row)]
    inputs = {
        "row": row.code,
        "day": day.isoformat(),
        "excess_percent": None if excess_percent is None else str(excess_percent),
        "drove": drove,
    }
    count: int | None = row.points
    reason = ""
    if row.points_over_50 is not None and row.points_over_100 is not None:
        if excess_percent is None:
            count, reason = None, "excess_unknown"
        elif excess_percent > 100:
            count = row.points_over_100
        elif excess_percent > 50:
            count = row.points_over_50
    if row.suspends:
        count, reason = 0, "suspension_instead"  # Điều 5.2: suspension only, no points
    elif count != 0 and drove is None:
        bases.append(rule("owner_points", day).basis)
        count, reason = None, "driver_not_shown"
    elif count != 0 and not drove:
        count, reason = 0, "did_not_drive"
    return Points(count, reason, tables.proof_of(bases, rule=reason or "points of the row", inputs=inputs))
