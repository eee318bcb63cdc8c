"""What a step relies on that nobody has verified: it needs an officer's recorded confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workflow.law.amounts import basis_of
from workflow.law.rows import LawRow


class Proven(Protocol):
    """Whatever carries a proof of this package: a date, an amount, a competence, points, a right."""

    @property
    def proof(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Unverified:
    """One thing to confirm. `key` is stable and says which row or rule."""

    key: str
    source: str
    why: str


def unverified_inputs(*relied: LawRow | Proven) -> tuple[Unverified, ...]:
    """What of all this is unverified, each thing once, in the order of use; empty where nothing is.

    Args:
        relied: the rows, dates, amounts and competences that the step rests on.
    """
    found: dict[str, Unverified] = {}
    for each in relied:
        bases = [basis_of(each).as_json()] if isinstance(each, LawRow) else each.proof["basis"]
        for basis in bases:
            if not basis["verified"]:
                found.setdefault(basis["key"], Unverified(basis["key"], basis["source"], basis["why"]))
    return tuple(found.values())
