"""What an event says, as labelled lines that an officer can read. Keys that nobody reads are left out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from portal import labels, words
from portal.writing import dong, plate, when

_Writer = Callable[[Any], str]


def _time(value: Any) -> str:
    return when(datetime.fromisoformat(value))


def _word(table: Mapping[Any, labels.Label]) -> _Writer:
    return lambda value: str(labels.of(table, value))


def _share(value: Any) -> str:
    return f"{value:.0%}"


def _yes_no(value: Any) -> str:
    return _("yes") if value else _("no")


def _length(value: Any) -> str:
    """`7 working_day` → `7 ngày làm việc`."""
    count, _space, unit = str(value).partition(" ")
    return f"{count} {labels.of(labels.UNITS, unit)}"


def _runs(value: Mapping[str, str]) -> str:
    """The clocks that run short while a case is held, each with its end."""
    return ", ".join(f"{labels.of(labels.CLOCKS, clock)} {_time(due)}" for clock, due in value.items())


def _list(table: Mapping[Any, labels.Label]) -> _Writer:
    return lambda value: ", ".join(str(labels.of(table, item)) for item in value)


_GROUNDS: Mapping[Any, labels.Label] = {
    **labels.REJECTION_GROUNDS,
    **labels.DISMISSAL_GROUNDS,
    **labels.HOLD_GROUNDS,
    **words.WARNING_GROUNDS,
}
_BASES: Mapping[Any, labels.Label] = {
    **words.VIOLATOR_BASES,
    **words.OWNER_BASES,
    **labels.REJUDGE_BASES,
}
_CHANNELS: Mapping[str, labels.Label] = {
    **labels.CHANNELS,
    **words.DECISION_CHANNELS,
    **words.REPORT_CHANNELS,
}
_RESULTS: Mapping[Any, labels.Label] = {**labels.OUTCOMES, **words.DELIVERIES}

_LINES: Mapping[str, tuple[labels.Label, _Writer]] = {
    "verdict": (lazy("Finding"), _word(labels.VERDICTS)),
    "plate": (lazy("Plate"), plate),
    "text": (lazy("Reading"), plate),
    "accepted": (lazy("Accepted by the machine"), _yes_no),
    "confidence": (lazy("Confidence"), _share),
    "vehicle_class": (lazy("Vehicle"), _word(labels.VEHICLE_CLASSES)),
    "act": (lazy("Act"), _word(labels.ACTS)),
    "ground": (lazy("Ground"), _word(_GROUNDS)),
    "detail": (lazy("Detail"), str),
    "reason": (lazy("Reason"), str),
    "clock": (lazy("Deadline"), _word(labels.CLOCKS)),
    "due_at": (lazy("Ends"), _time),
    "rule": (lazy("Length"), _length),
    "source": (lazy("Source"), _word(words.SOURCES)),
    "number": (lazy("Number"), str),
    "provision": (lazy("Provision"), str),
    "title": (lazy("Title"), str),
    "basis": (lazy("Basis"), _word(_BASES)),
    "redecide": (lazy("Another decision follows"), _yes_no),
    "reopen": (lazy("Reopened"), _yes_no),
    "appointment_at": (lazy("Appointment"), _time),
    "second_office": (lazy("Other office where the owner may come instead"), str),
    "second_address": (lazy("Address of the other office"), str),
    "channel": (lazy("Channel"), _word(_CHANNELS)),
    "receipt": (lazy("Receipt"), str),
    "sent_at": (lazy("Sent"), _time),
    "delivered_at": (lazy("Delivered"), _time),
    "served_at": (lazy("Served"), _time),
    "paid_at": (lazy("Paid"), _time),
    "how": (lazy("How"), _word({**labels.SERVICES, **words.EXPLAINING})),
    "appeared": (lazy("Who came"), _word(labels.APPEARED)),
    "outcome": (lazy("Result"), _word(_RESULTS)),
    "status": (lazy("Status"), _word(labels.PUBLIC_STATUS | {"decided": labels.PUBLIC_STATUS["sanctioned"]})),
    "transaction": (lazy("Transaction"), str),
    "amount": (lazy("Amount"), dong),
    "witness": (lazy("Witness"), str),
    "letter": (lazy("Letter"), str),
    "letter_number": (lazy("Number of the withdrawal letter"), str),
    "issue": (lazy("Issue"), str),
    "paper": (lazy("Paper"), _word(words.PAPERS)),
    "series": (lazy("Paper"), _word(words.SLIPS)),
    "target": (lazy("Body"), _word(words.TARGETS)),
    "targets": (lazy("Bodies"), _list(words.TARGETS)),
    "finding": (lazy("Finding"), _word(words.FINDINGS)),
    "commune": (lazy("Commune"), str),
    "conclusion": (lazy("Conclusion"), _word(words.CONCLUSIONS)),
    "minutes": (lazy("Minutes"), str),
    "report": (lazy("Report"), str),
    "line": (lazy("Line of the register"), str),
    "unit": (lazy("Unit"), _word(words.HANDLING_UNITS)),
    "to": (lazy("To"), str),
    "kind": (lazy("Kind"), _word({**words.PERSON_KINDS, **words.TRANSFER_KINDS, **words.PENALTIES})),
    "result": (lazy("Result"), _word(words.TRANSFER_RESULTS)),
    "ruling": (lazy("Ruling"), _word(words.RULINGS)),
    "licence": (lazy("Licence"), _word(words.LICENCES)),
    "step": (lazy("Step"), _word({**words.COERCING, **words.EXPLAINING})),
    "count": (lazy("Points"), str),
    "left": (lazy("Points left"), str),
    "interest": (lazy("Late interest"), dong),
    "subject": (lazy("Subject"), str),
    "cases": (lazy("Cases"), _list({})),
    "parted": (lazy("Left the handling"), str),
    "begun_at": (lazy("Began"), _time),
    "ended_at": (lazy("Ended"), _time),
    "relied_on": (lazy("Unverified law, confirmed"), _list({})),
    "short": (lazy("Runs short"), _runs),
    "sha256": (lazy("SHA-256 of the document"), str),
}


_OF_MAPPINGS = frozenset({"short"})  # written as one line


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list) and not value)


def lines_of(data: Mapping[str, Any]) -> Iterator[tuple[labels.Label, str]]:
    """Label and value of everything in an event that has a label; empty values are left out."""
    for key, value in data.items():
        if isinstance(value, Mapping) and key not in _OF_MAPPINGS:
            yield from lines_of(value)
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            for item in value:
                yield from lines_of(item)
        elif key in _LINES and not _empty(value):
            label, write = _LINES[key]
            yield label, write(value)
