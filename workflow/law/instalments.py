"""Whether a fine may be paid in parts (LXLVPHC Art 79, from memory).

The numbers were not read: the cells of `rules.csv` are empty, and an empty one tests nothing. Filled in by
the unit's legal officer they are tested; marked unverified, they need the signer's confirmation either way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.law import tables
from workflow.law.amounts import fined_as
from workflow.law.rows import ViolatorKind
from workflow.law.rules import Rule, rule


@dataclass(frozen=True, slots=True)
class Allowed:
    """`reason` says which rule is broken; empty where none is."""

    reason: str
    proof: Mapping[str, Any]


def allowed(
    fine: int, kind: ViolatorKind, parts: int, day: date, read: Callable[[str, date], Rule] = rule
) -> Allowed:
    """What the unit's rules say of a plan.

    Args:
        fine: đồng of the decision.
        kind: who is fined; an organisation has a threshold of its own.
        parts: how many.
        day: of the grant, in Vietnam.
        read: where rules come from.
    """
    counted, by = fined_as(kind, day)
    least, most = read(f"instalments_from_{counted}", day), read("instalments_parts", day)
    small = bool(least.value) and fine < int(least.value)
    many = bool(most.value) and parts > int(most.value)
    inputs = {"fine": fine, "violator_kind": str(kind), "parts": parts, "day": day.isoformat()}
    words = "the thresholds of the unit; an empty one tests nothing"
    proof = tables.proof_of([*by, least.basis, most.basis], rule=words, inputs=inputs)
    return Allowed("fine" if small else "parts" if many else "", proof)
