"""Which work follows from an event: one task that moves the case, and the bodies that must be told.

The log writes these rows with the event, and the reconciler (workers/reconcile.py) asks here what is missing.
"""

from collections.abc import Mapping
from typing import Any

from workflow.vocabulary import EFFECTS, EventType, Task

TARGETS: dict[str, Task] = {
    "inspection": Task.TELL_INSPECTION,
    "registration": Task.TELL_REGISTRATION,
    "licence": Task.TELL_LICENCE,
    "publication": Task.TELL_PUBLIC,
}
TELLING = frozenset(TARGETS.values())

# By the names of events, whose bodies are always the same: TT 73/2024 Art 24.1.c; NĐ 168/2024 Art 50.3.
_ALWAYS: dict[str, Task] = {
    "ViolationPublished": Task.TELL_PUBLIC,
    "PublicationUpdated": Task.TELL_PUBLIC,
    "PublicationWithdrawn": Task.TELL_PUBLIC,
    "PointsDeducted": Task.TELL_LICENCE,
    "PointsRestored": Task.TELL_LICENCE,
    "SuspensionStarts": Task.TELL_LICENCE,
    "SuspensionEnds": Task.TELL_LICENCE,
}
# NĐ 168/2024 Art 47.11: the event says in `target` or `targets` who is warned, or must hear that it is over.
_NAMED = frozenset({"WarningIssued", "WarningsWithdrawn"})

# Whose number is that of a paper which goes out: forms 03/73, 04 and 02/73.
_SLIPS = frozenset({EventType.TRANSFER_SENT, EventType.FORM04_SENT, EventType.POINTS_DEDUCTED})

# One paper for all acts of a handling: it is printed in the case that took its number.
_PAPERS: dict[str, Task] = {
    "RecordMade": Task.PRINT_RECORD,
    "DecisionSigned": Task.PRINT_DECISION,
    "DecisionAmended": Task.PRINT_DECISION,
    "CoercionOrdered": Task.PRINT_DECISION,
}

WITH_EFFECT = frozenset(
    {*EFFECTS, *_SLIPS, *(kind for kind in EventType if kind in _ALWAYS or kind in _NAMED or kind in _PAPERS)}
)
# Of these, one row that is there says nothing of the others.
SEVERAL = frozenset(
    kind
    for kind in WITH_EFFECT
    if kind in _NAMED or (kind in EFFECTS and (kind in _ALWAYS or kind in _PAPERS))
)


def effects_of(kind: EventType, data: Mapping[str, Any]) -> tuple[Task, ...]:
    """The tasks that follow from an event, without repetition.

    Raises:
        KeyError: the event names a body that does not exist.
    """
    found = [EFFECTS[kind]] if kind in EFFECTS else []
    if kind in _SLIPS:
        found.append(Task.SEND_SLIP)
    if kind in _PAPERS and not data.get("carried_by"):
        found.append(_PAPERS[kind])
    if kind in _ALWAYS:
        found.append(_ALWAYS[kind])
    if kind in _NAMED:
        named = [data["target"]] if "target" in data else data["targets"]
        found += [TARGETS[target] for target in named]
    return tuple(dict.fromkeys(found))
