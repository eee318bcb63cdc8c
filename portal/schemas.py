"""The JSON of `/api/v1`: typed, and blind where the page is blind."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from portal.actions import available
from portal.dossier import Dossier, HistoryEntry, history
from portal.exhibits import Exhibits
from portal.lookup import LookupAnswer
from workflow.models import Case


class Problem(Schema):
    """Every refusal looks like this; `code` is stable, `message` is for people."""

    code: str
    message: str
    errors: dict[str, list[str]] = Field(default_factory=dict)
    state: str | None = None  # with 409: where the case stands now
    version: int | None = None


class PublicRecordOut(Schema):
    plate: str
    vehicle_kind: str
    recorded_at: datetime
    site: str
    act: str
    provision: str
    status: Literal["not_sanctioned", "sanctioned", "closed"]
    detected_by: str
    handled_by: str
    address: str
    phone: str


class LookupOut(Schema):
    plate: str
    vehicle_kind: str
    as_of: datetime
    records: list[PublicRecordOut]

    @classmethod
    def of(cls, answer: LookupAnswer) -> "LookupOut":
        return cls.model_validate(answer, from_attributes=True)


class CaseRow(Schema):
    """A case in the queue."""

    reference: str
    version: int
    state: str
    phase: str
    recorded_at: datetime
    site: str
    act: str
    plate: str
    vehicle_class: str
    disagreed: bool
    hold: str
    overdue: bool
    next_due: datetime | None


class QueueOut(Schema):
    total: int
    page: int
    pages: int
    cases: list[CaseRow]


class NextOut(Schema):
    """The case to judge next, or null where none waits; `waiting` counts it too, up to 100."""

    reference: str | None
    waiting: int


class ExhibitOut(Schema):
    part: str
    url: str
    at: datetime | None


class SignalOut(Schema):
    phase: str
    start: datetime
    end: datetime


class ReadingOut(Schema):
    reader: str
    text: str
    accepted: bool
    confidence: float


class AnswerOut(Schema):
    officer: str
    verdict: str
    plate: str
    vehicle_class: str
    act: str
    ground: str | None


class EventOut(Schema):
    """One event; `data` and `hash` are empty on a blind page."""

    seq: int
    type: str
    actor: str
    at: datetime
    data: dict[str, Any]
    hash: str


class CaseOut(CaseRow):
    """A case before the officer who asks; `commands` are what this person may give now."""

    blind: bool
    commands: list[str]
    exhibits: list[ExhibitOut]
    signal: list[SignalOut]
    readings: list[ReadingOut]
    answers: list[AnswerOut]
    events: list[EventOut]

    @classmethod
    def of(cls, dossier: Dossier, shown: Exhibits | None, urls: dict[str, str]) -> "CaseOut":
        parts = [*shown.stills, *shown.plates, *([shown.clip] if shown.clip else [])] if shown else []
        return cls(
            **row_of(dossier.case),
            blind=dossier.blind,
            commands=[action.slug for action in available(dossier)],
            exhibits=[ExhibitOut(part=item.part, url=urls[item.part], at=item.at) for item in parts],
            signal=[
                SignalOut(phase=span.phase, start=span.start, end=span.end)
                for span in (shown.signal if shown else ())
            ],
            readings=[
                ReadingOut(reader=name, text=read.text, accepted=read.accepted, confidence=read.confidence)
                for name, read in dossier.readings
            ],
            answers=[
                AnswerOut(
                    officer=review.officer,
                    verdict=review.answer.verdict,
                    plate=review.answer.plate,
                    vehicle_class=review.answer.vehicle_class,
                    act=review.answer.act,
                    ground=review.answer.ground,
                )
                for review in dossier.reviews
            ],
            events=[_event(entry) for entry in history(dossier)],
        )


def row_of(case: Case) -> dict[str, Any]:
    """The queue's fields of a case."""
    return {name: getattr(case, name) for name in CaseRow.model_fields}


def _event(entry: HistoryEntry) -> EventOut:
    return EventOut(
        seq=entry.seq, type=entry.type, actor=entry.actor, at=entry.at, data=entry.data, hash=entry.hash
    )


class ReviewIn(Schema):
    """A blind answer: plate, vehicle class and act for a violation, the ground for a rejection."""

    version: int = Field(ge=0)
    verdict: Literal["violation", "reject"]
    plate: str = Field("", max_length=20)
    unusual: bool = False
    vehicle_class: str = ""
    act: str = ""
    ground: str = ""


class CommandIn(Schema):
    """Any other command: the fields of its form, times as ISO 8601, sums in đồng."""

    version: int = Field(ge=0)
    fields: dict[str, str | int | bool] = Field(default_factory=dict)


class CommandOut(Schema):
    """What a command did. `proposed`: it waits for a second person."""

    reference: str
    version: int
    state: str
    phase: str
    proposed: bool
    events: int
