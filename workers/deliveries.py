"""Delivery reports of the post office: `post/receipts/*.json`, each about one letter.

{"post_number": "VN…", "reference": "PN2026-000001", "outcome": "delivered", "refused" or
"returned", "at": time}, the
time with its offset. A report that was taken moves to receipts/done; one that cannot be taken moves to
receipts/refused and stands in the quarantine with its reason; one that is too early stays where it is.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from workers.inbox import InboxError, arrivals, folder_of, move, refuse, text_of
from workflow import clock, log, service
from workflow.acts import standing_under
from workflow.case import CaseError, CaseState
from workflow.commands import RecordDelivery
from workflow.models import Case, CaseEvent, OutboxItem, Quarantine
from workflow.vocabulary import TERMINAL, EventType, State, Task
from workflow.words import Delivered

# Where nothing hangs on a letter: of a file that was handed over the notice is void once it comes back.
_OVER = TERMINAL | {State.TRANSFERRED}
# Work that hands a letter to the post before the case knows its receipt.
_POSTING = (Task.RESEND_NOTICE, Task.SEND_SLIP, Task.SEND_DECISION, Task.WITHDRAW_NOTICE, Task.REPORT_END)
_SENT = (EventType.NOTICE_SENT, EventType.ISSUE_SENT, EventType.DECISION_SENT)


@dataclass(frozen=True, slots=True)
class Report:
    """What the post says of one letter."""

    post_number: str
    reference: str
    outcome: str
    at: datetime


def take_reports() -> int:
    """Take every report that lies there; gives how many moved away."""
    folder = folder_of("post") / "receipts"
    moved = 0
    for path in arrivals(folder, ".json"):
        try:
            if not _take(_parse(text_of(path))):
                continue
            move(path, folder / "done")
        except (FileNotFoundError, CaseError):
            continue  # another sweep took it, or the case moved under us: the next sweep looks again
        except InboxError as fault:
            refuse(path, folder / "refused", Quarantine.Kind.DELIVERY, fault)
        moved += 1
    return moved


def _parse(text: str) -> Report:
    try:
        values = json.loads(text)
        report = Report(
            str(values["post_number"]),
            str(values["reference"]),
            str(values["outcome"]),
            datetime.fromisoformat(values["at"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InboxError(f"this is no delivery report: {type(error).__name__}: {error}") from error
    if report.outcome not in set(Delivered):
        raise InboxError(f"outcome must be delivered, refused or returned, not {report.outcome!r}")
    if report.at.tzinfo is None or report.at > clock.now():
        raise InboxError(f"at must be a past time with its offset, not {report.at.isoformat()}")
    return report


def _take(report: Report) -> bool:
    """Record a delivery; False where the letter is not recorded yet."""
    case = Case.objects.filter(reference=report.reference).first()
    if case is None:
        raise InboxError(f"there is no case {report.reference}")
    case, state = _standing(case, log.load(case), report)
    if _without_effect(case, state, report):
        return True  # nothing hangs on it any more: the report in receipts/done is the proof
    if state.state is State.FILED:
        return False
    sent = next((paper for paper in state.papers if paper.receipt == report.post_number), None)
    if sent is None and _being_posted(case):
        return False
    if sent is None:
        raise InboxError(f"{report.reference} sent no letter under {report.post_number}")
    if report.at < sent.sent_at.replace(second=0, microsecond=0):  # the post may write no seconds
        raise InboxError(f"{report.post_number} was sent at {sent.sent_at.isoformat()}, after {report.at}")
    if state.state not in _OVER:
        outcome = Delivered(report.outcome)
        _record(case, RecordDelivery(outcome, report.post_number, report.at, sent.paper, sent.issue))
    return True


def _standing(case: Case, state: CaseState, report: Report) -> tuple[Case, CaseState]:
    """The case that the report is about: another act's, where the one that posted a decision is out of it."""
    if state.state not in _OVER and any(paper.receipt == report.post_number for paper in state.papers):
        return case, state
    sent = case.events.filter(type=EventType.DECISION_SENT, data__receipt=report.post_number).first()
    others = standing_under(case, state, sent.data["number"]) if sent else []
    return next(((row, known) for row, known in others if known.state not in _OVER), (case, state))


def _record(case: Case, command: RecordDelivery) -> None:
    """Raises: CaseError where the case moved under us; InboxError where it will never know of it."""
    try:
        service.execute(case.pk, command, service.GATEWAY)
    except CaseError as refused:
        if refused.code == "illegal":
            raise
        raise InboxError(f"the case refuses it: {refused}") from refused


def _being_posted(case: Case) -> bool:
    """Whether a letter of the case may have left whose receipt is not recorded yet."""
    return OutboxItem.objects.filter(case=case, task__in=_POSTING, done_at=None).exists()


def _without_effect(case: Case, state: CaseState, report: Report) -> bool:
    """Whether the letter was a slip, took a notice back, or was of a notice or decision that fell since."""
    letters = CaseEvent.objects.filter(
        case=case, type__in=(EventType.END_REPORTED, EventType.NOTICE_WITHDRAWN)
    )
    slips = CaseEvent.objects.filter(case=case, type=EventType.SLIP_SENT, data__receipt=report.post_number)
    if letters.filter(data__letter=report.post_number).exists() or slips.exists():
        return True
    told = CaseEvent.objects.filter(case=case, type__in=_SENT)
    standing = {paper.receipt for paper in state.papers}
    return report.post_number not in standing and told.filter(data__receipt=report.post_number).exists()
