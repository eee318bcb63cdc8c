"""The book 05/73 as facts: one line per report of a citizen, 1022 or the media, in the order of its numbers.

Who gave the data stands apart from the cases (NĐ 61/2026 Art 16.2, 19) and is printed only where it is asked
for. What nobody recorded stays empty, to be written by hand where the unit keeps the book on paper.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Prefetch

from notices.forms.facts import RegisterFacts, RegisterLine
from workflow import log
from workflow.case import CaseState
from workflow.law.deadlines import VIETNAM, local
from workflow.law.offences import offence_for
from workflow.law.rows import LawGapError
from workflow.models import Case, CaseEvent, PaperNumber
from workflow.notice_facts import VEHICLE_WORDS, agency, plate_words
from workflow.vocabulary import Clock, EventType
from workflow.words import Conclusion, Register

LINES = 20_000  # of one print; a longer period is printed in parts
_CONCLUSIONS = {
    Conclusion.PROVEN: "Có hành vi vi phạm",
    Conclusion.NOT_PROVEN: "Không chứng minh được hành vi vi phạm",
    Conclusion.CRIME: "Có dấu hiệu tội phạm hoặc dữ liệu giả mạo",
}


class TooManyLinesError(Exception):
    """The period holds more lines than one print takes."""


def book(first: date, last: date, *, givers: bool = False) -> RegisterFacts:
    """The lines of a period, both days included, as they stand now; with `givers` who sent the data in.

    Raises:
        TooManyLinesError: more than `LINES`.
        NoticeFault: a text does not fit into its cell.
    """
    begin, end = _midnight(first), _midnight(last + timedelta(days=1))
    numbers = PaperNumber.objects.filter(series=Register.REPORT, taken_at__gte=begin, taken_at__lt=end)
    if numbers.count() > LINES:
        raise TooManyLinesError(f"{numbers.count()} lines; at most {LINES} go into one print")
    events = Prefetch("case__events", CaseEvent.objects.order_by("seq"))
    rows = (
        numbers.select_related("case", "case__giver")
        .prefetch_related(events)
        .order_by("taken_at", "sequence")
    )
    lines = tuple(_line(row, givers=givers) for row in rows.iterator(chunk_size=500))
    return RegisterFacts(agency(), first, last, lines, demo=settings.PHATNGUOI_ENV != "production")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _line(row: PaperNumber, *, givers: bool) -> RegisterLine:
    case, events = row.case, list(row.case.events.all())
    state = log.replay(events)
    accepted = next(event for event in events if event.type == EventType.REPORT_ACCEPTED)
    opened = next(event for event in events if event.type == EventType.CASE_OPENED)
    giver = getattr(case, "giver", None) if givers else None
    return RegisterLine(
        line=row.number,
        received=local(row.taken_at),
        channel=accepted.data["channel"],
        giver="Không nêu tên" if accepted.data["anonymous"] else (giver.name if giver else None),
        contact=f"{giver.address}; {giver.contact}" if giver else None,
        data=f"Gói {opened.data['package_id']}; SHA-256 {opened.data['package_sha256']}",
        act_at=local(case.recorded_at),
        place=case.site,
        vehicle=_vehicle(state),
        behaviour=_behaviour(case, state),
        officer=_officer(accepted.actor),
        handed_to=state.transfer.to if state.transfer else None,
        verification="; gia hạn ".join(_ends_of_verification(events)) or None,
        conclusion=_CONCLUSIONS[state.verification] if state.verification else None,
        outcome="; ".join(_outcome(case, state)),
        answered="Có đề nghị trả lời" if opened.data.get("answer_wanted") else None,
    )


def _vehicle(state: CaseState) -> str | None:
    kind = state.vehicle_class or (state.opened.vehicle_class if state.opened else "")
    words = [VEHICLE_WORDS.get(kind, ""), plate_words(state) if state.plate else ""]
    return "; ".join(filter(None, words)) or None


def _behaviour(case: Case, state: CaseState) -> str | None:
    vehicle = state.vehicle_class or (state.opened.vehicle_class if state.opened else "")
    try:
        return offence_for(case.act, vehicle, local(case.recorded_at).date()).text_vi
    except LawGapError:
        return None


def _officer(actor: str) -> str:
    """The name of who entered the line; the actor's own word where there is no such account."""
    number = actor.removeprefix("user:")
    user = User.objects.filter(pk=int(number)).first() if number.isdecimal() and number != actor else None
    return (user.get_full_name() or user.get_username()) if user else actor


def _ends_of_verification(events: Sequence[CaseEvent]) -> Iterator[str]:
    for event in events:
        if event.type == EventType.CLOCK_STARTED and event.data["clock"] == Clock.VERIFY:
            yield f"đến {local(datetime.fromisoformat(event.data['due_at'])):%d/%m/%Y}"


def _outcome(case: Case, state: CaseState) -> Iterator[str]:
    yield f"Hồ sơ {case.reference}"
    if state.notice:
        yield f"Thông báo {state.notice.number}"
    if state.record:
        yield f"Biên bản {state.record.number}"
    if state.decision:
        yield f"Quyết định {state.decision.number}"
