"""Facts of the record, the decision, and the decisions that amend and enforce it. Nothing is decided here.

A paper says what was known when its number was taken: it is built from the event and the state of then.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from notices.facts import Appointment
from notices.forms.facts import NamedPaper
from notices.forms.sanction import (
    AmendmentFacts,
    ChargedAct,
    CoercionFacts,
    Compliance,
    DecisionFacts,
    ExplanationRight,
    FinedAct,
    Maker,
    RecordFacts,
    Violator,
)
from notices.forms.sanction import ViolatorKind as Named
from notices.wording import decree_date
from workflow import commands, enforcing, officers, owners, service
from workflow.acts import HandledAct, acts_of, own_event
from workflow.case import CaseState
from workflow.law import amounts, deadlines
from workflow.law.deadlines import local
from workflow.law.offences import decree_of
from workflow.law.rows import LawGapError, LawRow, ViolatorKind
from workflow.law.rules import rule
from workflow.models import Case, CaseEvent
from workflow.notice_facts import act_of, agency, office, owner_of, paper_number, signer_of, vehicle_of
from workflow.vocabulary import Clock, EventType
from workflow.words import Explaining, Licence, Source

_LICENCES = {
    Licence.NATIONAL: "Đã xuất trình giấy phép lái xe do Việt Nam cấp",
    Licence.INTERNATIONAL: "Đã xuất trình giấy phép lái xe quốc tế",
    Licence.SUSPENDED: "Đang bị tước quyền sử dụng",
    Licence.NONE: "Không có giấy phép lái xe",
}
_EXPLAINED = {
    Explaining.RECEIVED: "văn bản giải trình của người vi phạm",
    Explaining.HEARD: "biên bản phiên giải trình trực tiếp",
}
_NOT_EXPLAINED = "việc người vi phạm không thực hiện quyền giải trình"
_RESULTS = {
    Source.DEVICE: "kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ",
    Source.REPORT: "dữ liệu do cá nhân, tổ chức cung cấp đã được xác minh",
    Source.TRANSFER: (
        "kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ do đơn vị khác chuyển đến"
    ),
}
_KINDS = {
    ViolatorKind.PERSON: Named.PERSON,
    ViolatorKind.HOUSEHOLD: Named.HOUSEHOLD,
    ViolatorKind.ORGANISATION: Named.ORGANISATION,
    ViolatorKind.STATE_BODY: Named.ORGANISATION,
}
# Portal and look-up by number: TT 73/2024 Art 23.
_PORTAL = "Cổng Dịch vụ công quốc gia, tra cứu theo số của Quyết định"
_NO_PLACE = "(nơi nộp tiền phạt chưa được cấu hình)"


def record_facts(case: Case, then: CaseState, event: CaseEvent) -> RecordFacts:
    """The record of all acts of the handling; `then` is the state with the event that made it."""
    record = then.record
    if record is None:
        raise ValueError(f"{case.reference} has no record")
    handled, made_at = acts_of(case, then, event), local(record.made_at)
    unit, address = office()
    return RecordFacts(
        paper=paper_number(record.number, record.made_at),
        agency=agency(),
        made_at=made_at,
        place=f"trụ sở {unit}, {address}",
        maker=_maker(event),
        violator=_violator(then),
        acts=tuple(_charged(each) for each in handled),
        grounds=_grounds(handled),
        signed=event.data["signed"],
        owner=owner_of(then) if then.owner and then.owner.owner != then.violator else None,
        witness=event.data["witness"] or None,
        licence=_LICENCES.get(record.licence),
        explanation=_explanation_right(case, event),
        appointment=Appointment(local(record.appointment_at), *office()) if record.appointment_at else None,
        demo=settings.PHATNGUOI_ENV != "production",
    )


def decision_facts(case: Case, then: CaseState, event: CaseEvent) -> DecisionFacts:
    """The decision over all acts of the handling; `then` is the state with the event that signed it.

    Raises:
        LawGapError: the decision carries a sanction of which nobody said how much.
    """
    record, decision = then.record, then.decision
    if record is None or decision is None:
        raise ValueError(f"{case.reference} has no decision")
    handled = acts_of(case, then, event)
    day = local(decision.signed_at).date()
    return DecisionFacts(
        **_signed(event, then, [each.row for each in handled]),
        record=NamedPaper(record.number, local(record.made_at).date()),
        acts=tuple(_fined(each, case, event, day) for each in handled),
        explanation=_explained(case, event, then),
        points=_points(handled, decision.signed_at),
    )


def amendment_facts(case: Case, then: CaseState, event: CaseEvent) -> AmendmentFacts:
    """The decision that changes the fine of this case's act after a complaint."""
    decision = then.decision
    if decision is None or then.law is None:
        raise ValueError(f"{case.reference} has no decision")
    earlier = (EventType.DECISION_SIGNED, EventType.DECISION_AMENDED)
    before = case.events.filter(type__in=earlier, seq__lt=event.seq).latest("seq").data
    return AmendmentFacts(
        **_signed(event, then, [then.law]),
        decision=NamedPaper(decision.number, local(decision.signed_at).date()),
        charged=_charged(HandledAct(case, then, then.law, None)),
        reason=event.data["reason"],
        former=before["amount"] or None,
        fine=event.data["amount"] or None,
    )


def coercion_facts(case: Case, then: CaseState, event: CaseEvent) -> CoercionFacts:
    """The decision that enforces the one of this handling: one paper for all acts that are unpaid."""
    decision = then.decision
    if decision is None:
        raise ValueError(f"{case.reference} has no decision")
    number = event.data["number"]
    together = CaseEvent.objects.filter(case__reference__in=then.handling, type=EventType.COERCION_ORDERED)
    others = together.filter(data__number=number, data__carried_by=case.reference)
    missed = case.events.filter(type=EventType.NON_COMPLIANCE_RECORDED, seq__lt=event.seq).latest("seq")
    return CoercionFacts(
        **_signed(event, then, ()),
        decision=NamedPaper(decision.number, local(decision.signed_at).date()),
        missed=local(missed.at).date(),
        measure=event.data["detail"],
        due=event.data["due"] + sum(other.data["due"] for other in others),
    )


def _signed(event: CaseEvent, then: CaseState, rows: Sequence[LawRow]) -> dict[str, Any]:
    """What every decision says: number, date, whose it is, on what it rests, against whom, how it is met."""
    authority = commands.Authority(**event.data["authority"])
    day = local(event.at).date()
    decrees = dict.fromkeys(decree_of(row.provision) for row in rows)
    cited = [rule(name, day).value for name in ("cite_law", "cite_details", "cite_competence")]
    return {
        "paper": paper_number(event.data["number"], event.at),
        "agency": agency(),
        "signer": signer_of(authority),
        "issuer": authority.title,
        "legal_bases": (
            *cited,
            *(decree for decree in decrees if decree),
            f"văn bản về thẩm quyền của người ra quyết định: {authority.basis}",
        ),
        "violator": _violator(then),
        "compliance": _compliance(day),
        "demo": settings.PHATNGUOI_ENV != "production",
    }


def _violator(state: CaseState) -> Violator:
    person = owners.recall(state.violator) if state.violator else None
    if person is None:
        raise ValueError("the violator's facts are not there")
    kind = _KINDS[ViolatorKind(state.violator_kind)]
    standing = state.record.representative if state.record else ""
    representative = owners.recall(standing) if standing else None
    return Violator(
        kind,
        person.name,
        person.address,
        person.id_number or None,
        representative.name if representative else None,
    )


def _maker(event: CaseEvent) -> Maker:
    """Who made the record, with the title held at that second; what no account tells is left to the pen."""
    user = User.objects.filter(username=officers.account_of(event.actor)).first()
    if user is None:
        return Maker(settings.PHATNGUOI_UNIT)
    held = officers.authority_of(user, event.at)
    name = user.get_full_name() or user.get_username()
    return Maker(settings.PHATNGUOI_UNIT, name, held.title if held else None)


def _charged(handled: HandledAct) -> ChargedAct:
    """The act, with the number of persons in excess where its row counts them."""
    case, state = handled.case, handled.state
    act = act_of(case, state)
    if handled.row.per_person:
        excess = f"; số người vượt quá quy định: {handled.persons:02d}"
        act = replace(act, behaviour=f"{act.behaviour}{excess}")
    opened = state.opened
    return ChargedAct(
        act,
        vehicle_of(state),
        (opened.device_id or None) if opened else None,
        (opened.certificate or None) if opened else None,
    )


def _grounds(handled: Sequence[HandledAct]) -> tuple[str, ...]:
    """The notices that were sent and stand, then what the acts were seen by."""
    notices = [each.state.notice for each in handled]
    papers = [
        NamedPaper(notice.number, local(notice.numbered_at).date())
        for notice in notices
        if notice is not None and notice.sent_at is not None and notice.live
    ]
    sources = dict.fromkeys(_RESULTS[each.state.source] for each in handled)
    return (*(f"Thông báo số {paper.number} {decree_date(paper.dated)}" for paper in papers), *sources)


def _explanation_right(case: Case, event: CaseEvent) -> ExplanationRight | None:
    if not event.data["explains"]:
        return None
    started = case.events.filter(type=EventType.CLOCK_STARTED, data__clock=Clock.EXPLAIN, seq__gt=event.seq)
    until = datetime.fromisoformat(started.earliest("seq").data["due_at"])
    day = local(event.at).date()
    return ExplanationRight(
        deadlines.row_for(Clock.EXPLAIN, day).length,
        deadlines.row_for(Clock.EXPLAIN, day, "hearing").length,
        local(until).date(),
        *office(),
    )


def _explained(case: Case, event: CaseEvent, then: CaseState) -> str | None:
    """What came of the right to explain that the record gave, if it did; a record may be made again."""
    if not then.explanation:
        return None
    made = case.events.filter(type=EventType.RECORD_MADE, seq__lt=event.seq).latest("seq")
    since = case.events.filter(type=EventType.EXPLANATION_CLOSED, seq__gt=made.seq, seq__lt=event.seq)
    closed = since.earliest("seq")
    return _EXPLAINED.get(closed.data["how"], _NOT_EXPLAINED)


def _fined(handled: HandledAct, case: Case, event: CaseEvent, day: date) -> FinedAct:
    """One act with what the decision says of it; circumstances are those of its own case's event."""
    signed = event if handled.case.pk == case.pk else own_event(handled.case, event)
    mitigating, aggravating = tuple(signed.data["mitigating"]), tuple(signed.data["aggravating"])
    row = handled.row
    months = amounts.suspension(row, day=day, mitigating=mitigating, aggravating=aggravating)
    if row.confiscates or (months is not None and months.proposed is None):
        raise LawGapError(f"{row.code}: a decision cannot say yet how long or what it takes away")
    return FinedAct(
        _charged(handled),
        None if signed.data["warning"] else signed.data["amount"],
        mitigating,
        aggravating,
        months.proposed if months else None,
        row.extra or None,
    )


def _points(handled: Sequence[HandledAct], at: datetime) -> int:
    """Points of the decision, as the cases themselves will deduct them: those of one act, the heaviest."""
    states = {each.case.reference: replace(each.state, points=None) for each in handled}
    for each in handled:
        reference = each.case.reference
        others = {key: state for key, state in states.items() if key != reference}
        context = service.context_of(service.WORKER, at, each.case.package_id)
        dry = replace(context, number=lambda _series: "", others=others)
        for event in enforcing.apply_points(states[reference], commands.ApplyPoints(), dry):
            if event.type is EventType.POINTS_DEDUCTED:
                return int(event.data["count"])
    return 0


def _compliance(day: date) -> Compliance:
    rate = Decimal(rule("late_interest", day).value) * 100
    return Compliance(
        deadlines.row_for(Clock.COMPLY, day).length,
        (settings.PHATNGUOI_PAYMENT_PLACE or _NO_PLACE, _PORTAL),
        f"{rate.normalize():f}%".replace(".", ","),
    )
