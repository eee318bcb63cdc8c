"""The penalty decision (quyết định xử phạt vi phạm hành chính), and those that change and enforce it.

Which of their sentences are ours is told in docs/notices.md.
"""

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import KeepTogether, Spacer

from notices.blocks import closing, header, title
from notices.drawing import writing_lines
from notices.forms.acts import act_rows, addressed, counted, numbered, violator_rows
from notices.forms.facts import NamedPaper
from notices.forms.sanction import AmendmentFacts, CoercionFacts, Compliance, DecisionFacts, FinedAct
from notices.numerals import dong_in_figures, dong_in_words, in_words
from notices.page import Paper, banners, build
from notices.rows import row
from notices.typography import BOLD, ITALIC, body, centred, line, safe, style
from notices.wording import DOTS, decree_date, full_number

SUBJECT = "Xử phạt vi phạm hành chính về trật tự, an toàn giao thông đường bộ"
_RECIPIENTS = ("Như Điều 3;", "Lưu: Hồ sơ vụ việc.")
_WARNING = "Cảnh cáo"
_Decision = DecisionFacts | AmendmentFacts | CoercionFacts
_NO_LINK = "Quyết định này không có liên kết hay mã để chuyển tiền."


def render_decision(facts: DecisionFacts) -> bytes:
    """The decision, unsigned.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    bases = [*facts.legal_bases, f"Biên bản vi phạm hành chính số {named(facts.record)}"]
    if facts.explanation is not None:
        bases.append(facts.explanation)
    count = len(facts.acts)
    punished = f"đối với {addressed(facts.violator)} có tên sau đây"
    story = [
        *_head(facts, SUBJECT, bases),
        body(f"<b>Điều 1.</b> Xử phạt vi phạm hành chính {punished}:"),
        *violator_rows(facts.violator),
        body(f"Đã thực hiện {counted(count)} vi phạm hành chính sau đây và bị xử phạt:"),
    ]
    for fined, place in zip(facts.acts, numbered(count), strict=True):
        story.append(KeepTogether([*act_rows(fined.charged, place), *_sanctions(fined)]))
    story += _summed(facts)
    story.append(body(f"<b>Điều 2.</b> Quyết định này có hiệu lực kể từ ngày ký{_signed_on(facts)}."))
    articles = _to_be_met(facts, what="Quyết định này")
    story += [*articles[:-1], closing(articles[-1:], facts.signer, _RECIPIENTS, _handed_over())]
    return _built(f"Quyết định xử phạt số {full_number(facts.paper)}", facts, story)


def render_amendment(facts: AmendmentFacts) -> bytes:
    """The decision that changes another one's fine, unsigned.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    number = facts.decision.number
    amended = f"Quyết định xử phạt vi phạm hành chính số {named(facts.decision)}"
    punished = f"đối với {addressed(facts.violator)} có tên sau đây"
    former = _WARNING if facts.former is None else f"Phạt tiền {dong_in_figures(facts.former)}"
    story = [
        *_head(facts, f"Sửa đổi Quyết định xử phạt số {number}", [*facts.legal_bases, amended]),
        body(f"<b>Điều 1.</b> Sửa đổi mức xử phạt tại Quyết định số {safe(number)} {punished}:"),
        *violator_rows(facts.violator),
        *act_rows(facts.charged),
        row("Mức xử phạt đã quyết định", former),
        row("Mức xử phạt sau khi sửa đổi", _sum_or_warning(facts.fine)),
        row("Lý do sửa đổi", facts.reason),
        body(
            f"<b>Điều 2.</b> Quyết định này có hiệu lực kể từ ngày ký{_signed_on(facts)}. "
            f"Nội dung khác của Quyết định số {safe(number)} giữ nguyên."
        ),
    ]
    articles = _to_be_met(facts, what="Quyết định được sửa đổi")
    story += [*articles[:-1], closing(articles[-1:], facts.signer, _RECIPIENTS, _handed_over())]
    return _built(f"Quyết định sửa đổi số {full_number(facts.paper)}", facts, story)


def render_coercion(facts: CoercionFacts) -> bytes:
    """The decision that enforces a penalty decision, unsigned.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    number, violator = facts.decision.number, facts.violator
    enforced = f"Quyết định xử phạt vi phạm hành chính số {named(facts.decision)}"
    figures, words = dong_in_figures(facts.due), dong_in_words(facts.due)
    until = "" if facts.paper.dated is None else f" tính đến hết {decree_date(facts.paper.dated)}"
    rate = safe(facts.compliance.late_rate)
    story = [
        *_head(
            facts, "Cưỡng chế thi hành quyết định xử phạt vi phạm hành chính", [*facts.legal_bases, enforced]
        ),
        body(
            f"<b>Điều 1.</b> Cưỡng chế thi hành {safe(enforced)} đối với {addressed(violator)} "
            "có tên sau đây:"
        ),
        *violator_rows(violator),
        row(
            "Lý do cưỡng chế",
            f"quá thời hạn mà không tự nguyện chấp hành Quyết định số {number}; việc không chấp hành "
            f"được ghi nhận {decree_date(facts.missed)}",
        ),
        row("Biện pháp cưỡng chế", facts.measure),
        body(
            f"<b>Số tiền còn phải nộp{until}: {figures}</b> (bằng chữ: {words}), gồm tiền phạt chưa nộp và "
            f"tiền chậm nộp. Từ ngày tiếp theo, mỗi ngày chậm nộp phải nộp thêm {rate} trên số tiền phạt "
            "chưa nộp."
        ),
        body(f"<b>Điều 2.</b> Quyết định này có hiệu lực kể từ ngày ký{_signed_on(facts)}."),
        body(
            f"<b>Điều 3.</b> Quyết định này được giao hoặc gửi cho {addressed(violator)} "
            f"{safe(violator.name)} để chấp hành."
        ),
        body(f"Nơi nộp tiền: {safe('; '.join(facts.compliance.places))}. {_NO_LINK}"),
        closing([_complaint("bị cưỡng chế")], facts.signer, _RECIPIENTS, _handed_over()),
    ]
    return _built(f"Quyết định cưỡng chế số {full_number(facts.paper)}", facts, story)


def _complaint(whose: str) -> Any:
    return body(
        f"Người {whose} có quyền khiếu nại đối với Quyết định này theo Điều 15 Luật Xử lý vi phạm "
        "hành chính và pháp luật về khiếu nại."
    )


def _handed_over() -> list[Any]:
    """Room to note by hand that the paper was handed over at the desk, and to sign for it."""
    blank = f"{DOTS} giờ {DOTS} ngày {DOTS} tháng {DOTS} năm {DOTS}"
    told = f"Trường hợp giao trực tiếp: đã giao hồi {blank}; người nhận ký, ghi rõ họ và tên:"
    return [Spacer(1, 8), line(told, style(11, ITALIC)), writing_lines(1)]


def named(paper: NamedPaper) -> str:
    """Such as "05/BB-VPHC ngày 05 tháng 01 năm 2026"."""
    return f"{paper.number} {decree_date(paper.dated)}"


def _built(name: str, facts: _Decision, story: Sequence[Any]) -> bytes:
    marks = banners(demo=facts.demo, draft=facts.paper.is_draft)
    return build(Paper(name, facts.agency.name, marks), story)


def _head(facts: _Decision, subject: str, bases: Sequence[str]) -> list[Any]:
    """Head of the paper, whose decision it is, on what it rests."""
    ends = [";"] * (len(bases) - 1) + ["."]
    return [
        header(facts.agency, facts.paper),
        *title("QUYẾT ĐỊNH", subject),
        line(facts.issuer.upper(), centred(13, BOLD, space_before=10)),
        Spacer(1, 2),
        *(body(f"<i>Căn cứ {safe(basis)}{end}</i>") for basis, end in zip(bases, ends, strict=True)),
        line("QUYẾT ĐỊNH:", centred(13, BOLD, space_before=8)),
    ]


def _sanctions(fined: FinedAct) -> list[Any]:
    """What one act costs, and what moved it inside its bracket."""
    rows = []
    if fined.mitigating:
        rows.append(row("Tình tiết giảm nhẹ", "; ".join(fined.mitigating)))
    if fined.aggravating:
        rows.append(row("Tình tiết tăng nặng", "; ".join(fined.aggravating)))
    rows.append(row("Hình thức xử phạt chính", _sum_or_warning(fined.fine)))
    if fined.suspension_months is not None:
        months = f"{fined.suspension_months:02d} tháng ({in_words(fined.suspension_months)} tháng)"
        rows.append(
            row("Hình thức xử phạt bổ sung", f"Tước quyền sử dụng giấy phép lái xe trong thời hạn {months}")
        )
    if fined.extra is not None:
        rows.append(row("Hình thức xử phạt bổ sung, biện pháp khắc phục hậu quả", fined.extra))
    return rows


def _sum_or_warning(fine: int | None) -> str:
    if fine is None:
        return _WARNING
    return f"Phạt tiền {dong_in_figures(fine)} (bằng chữ: {dong_in_words(fine)})"


def _summed(facts: DecisionFacts) -> list[Any]:
    """The fine of all acts together, in figures and in words, and the points of the licence."""
    rows = []
    if len(facts.acts) > 1 and facts.total:
        figures, words = dong_in_figures(facts.total), dong_in_words(facts.total)
        rows.append(
            body(
                f"<b>Tổng mức tiền phạt của {len(facts.acts):02d} hành vi: {figures}</b> (bằng chữ: {words})."
            )
        )
    if facts.points:
        rows.append(row("Trừ điểm giấy phép lái xe", f"{facts.points:02d} điểm"))
    return rows


def _signed_on(facts: _Decision) -> str:
    return "" if facts.paper.dated is None else f", {decree_date(facts.paper.dated)}"


def _to_be_met(facts: DecisionFacts | AmendmentFacts, *, what: str) -> list[Any]:
    """Article 3: to whom it goes, how and until when it is met, what lateness costs, the complaint."""
    fined = facts.total if isinstance(facts, DecisionFacts) else facts.fine
    rows = [
        body(
            f"<b>Điều 3.</b> Quyết định này được giao hoặc gửi cho {addressed(facts.violator)} "
            f"{safe(facts.violator.name)} để chấp hành."
        )
    ]
    if fined:
        rows += _payment(facts.compliance, what)
    return [*rows, _complaint("bị xử phạt")]


def _payment(compliance: Compliance, what: str) -> list[Any]:
    return [
        body(
            f"Tiền phạt được nộp trong thời hạn {compliance.days:02d} ngày kể từ ngày nhận được {what}. "
            "Quá thời hạn này mà không tự nguyện chấp hành thì bị cưỡng chế thi hành theo quy định của "
            f"pháp luật và mỗi ngày chậm nộp phải nộp thêm {safe(compliance.late_rate)} trên số tiền phạt "
            "chưa nộp."
        ),
        body(f"Nơi nộp tiền phạt: {safe('; '.join(compliance.places))}. {_NO_LINK}"),
    ]
