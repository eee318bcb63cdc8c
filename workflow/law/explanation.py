"""Whether the violator has the right to explain before the decision (LXLVPHC Art 61, from memory)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.law import tables
from workflow.law.amounts import bracket_of, fined_as
from workflow.law.rows import LawRow, ViolatorKind
from workflow.law.rules import rule


@dataclass(frozen=True, slots=True)
class Right:
    exists: bool
    proof: Mapping[str, Any]


def right_to_explain(acts: Sequence[tuple[LawRow, int]], kind: ViolatorKind, day: date) -> Right:
    """An act that suspends the licence, or whose bracket ends at the threshold or above, gives the right.

    Args:
        acts: the rows of the handling with the persons in excess.
        kind: who is fined; an organisation has a threshold of its own.
        day: of the record, in Vietnam.
    """
    counted, by = fined_as(kind, day)
    threshold = rule(f"explanation_{counted}", day)
    exists = any(row.suspends for row, _persons in acts)
    for row, persons in acts:
        bracket = bracket_of(row, kind, day, persons)
        exists = exists or (bracket is not None and bracket.high >= int(threshold.value))
    inputs = {
        "acts": [{"row": row.code, "persons": persons} for row, persons in acts],
        "violator_kind": str(kind),
        "day": day.isoformat(),
        "threshold": int(threshold.value),
    }
    words = "suspension, or a bracket that ends at the threshold or above"
    return Right(exists, tables.proof_of([*by, threshold.basis], rule=words, inputs=inputs))
