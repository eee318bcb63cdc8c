"""The register of paper numbers: every series without gaps, void numbers kept.

A row is written with the event that takes its number, in one transaction. Numbers restart every year at 01
and are written with a leading zero below ten (NĐ 30/2020 Phụ lục I).
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from workflow.law.deadlines import local
from workflow.models import Case, CaseEvent, PaperNumber, Series
from workflow.statements import columns, insert, returned
from workflow.vocabulary import EventType
from workflow.words import Register

# Symbols: TB, PC, PG, BB-VPHC and QĐ-XPHC are known; those of 02/73 and of coercion were not found and are
# unverified, like the unit's own (docs/legal-sources.md). A line of the book 05/73 has none.
_SYMBOLS = {
    Register.NOTICE: "/TB-{unit}",
    Register.TRANSFER: "/PC-{unit}",
    Register.FORM04: "/PG-{unit}",
    Register.POINTS: "/TBTĐ-{unit}",
    Register.RECORD: "/BB-VPHC",
    Register.DECISION: "/QĐ-XPHC",
    Register.COERCION: "/QĐ-CC",
    Register.REPORT: "",
}
_TAKES = {
    EventType.REPORT_ACCEPTED: (Register.REPORT, "line"),
    EventType.NOTICE_NUMBERED: (Register.NOTICE, "number"),
    EventType.NOTICE_VOIDED: (Register.NOTICE, "letter_number"),
    EventType.TRANSFER_SENT: (Register.TRANSFER, "number"),
    EventType.FORM04_SENT: (Register.FORM04, "number"),
    EventType.POINTS_DEDUCTED: (Register.POINTS, "number"),
    EventType.RECORD_NUMBERED: (Register.RECORD, "number"),
    EventType.DECISION_NUMBERED: (Register.DECISION, "number"),
    EventType.DECISION_AMENDED: (Register.DECISION, "number"),
    EventType.COERCION_ORDERED: (Register.COERCION, "number"),
}
_COUNT = (  # noqa: S608  # no value from outside
    "INSERT INTO workflow_series (name, year, last) VALUES (%s, %s, 1)"
    " ON CONFLICT (name, year) DO UPDATE SET last = workflow_series.last + 1"
    " RETURNING "
) + columns(Series)
_VOIDS = {EventType.NOTICE_VOIDED: Register.NOTICE, EventType.DECISION_REVOKED: Register.DECISION}


def next_number(series: str, at: datetime) -> str:
    """The next number of a paper's yearly series: it lives or dies with the transaction."""
    symbol = _SYMBOLS[Register(series)].format(unit=settings.PHATNGUOI_UNIT_SYMBOL)
    return f"{take(series, at):02d}{symbol}"


def take(series: str, at: datetime) -> int:
    """Count a series on, its row locked until the transaction ends."""
    [row] = returned(Series, _COUNT, [str(series), local(at).year])
    return row.last


def enter(case: Case, rows: Sequence[CaseEvent]) -> None:
    """Write the numbers that these events take, and mark those that they void."""
    for row in rows:
        kind = EventType(row.type)
        series, key = _TAKES.get(kind, ("", ""))
        if series and row.data[key] and not row.data.get("carried_by"):
            number = PaperNumber(
                series=series,
                year=local(row.at).year,
                sequence=int(str(row.data[key]).partition("/")[0]),
                number=row.data[key],
                case=case,
                taken_at=row.at,
            )
            insert([number])
        if kind in _VOIDS and not row.data.get("partly"):
            carrier = row.data.get("carried_by") or case.reference
            of = PaperNumber.objects.filter(case__reference=carrier, series=_VOIDS[kind])
            of.filter(number=row.data["number"], void_at=None).update(void_at=row.at)


def register(series: Register, year: int) -> QuerySet[PaperNumber]:
    """The numbers of a series in a year, in their order."""
    return PaperNumber.objects.filter(series=series, year=year).order_by("sequence")
