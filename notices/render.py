"""Facts to PDF bytes: form 01/73 and the letter that withdraws it. Same facts, same bytes.

The order of the rows is that of form 01/73 (TT 73/2024 as amended by TT 13/2025); docs/notices.md tells which
sentences are the form's own and which are ours.
"""

from typing import Any

from notices.annex import annex
from notices.blocks import addressee, closing, header, title
from notices.facts import NoticeFacts, WithdrawalFacts
from notices.page import Paper, banners, build
from notices.rows import NONE, come, person_rows, row, vehicle_row, when_and_where
from notices.typography import body, safe
from notices.wording import act_text, decree_date, full_number

_REVOKED = "Quyết định xử phạt vi phạm hành chính số {} đã bị hủy bỏ và không còn hiệu lực."
SUBJECT = "Vi phạm hành chính về trật tự, an toàn giao thông đường bộ"


def render_notice(facts: NoticeFacts) -> bytes:
    """The notice of form 01/73 with its annex, unsigned.

    Raises:
        NoticeFault: a photograph cannot be read, or a text holds a character which the font lacks.
    """
    recipients = ["Như trên;"]
    if facts.commune_office is not None:
        recipients.append(f"{facts.commune_office.office};")
    recipients.append("Lưu: Hồ sơ vụ việc.")
    demands = _demanded(facts)
    story = [
        header(facts.agency, facts.paper),
        *title("THÔNG BÁO", SUBJECT),
        addressee(facts.owner.name),
        *_recorded(facts),
        *demands[:-2],
        closing(demands[-2:], facts.signer, recipients),
        *annex(facts),
    ]
    name = f"Thông báo số {full_number(facts.paper)} – {facts.vehicle.plate}"
    marks = banners(demo=facts.demo, draft=facts.paper.is_draft)
    return build(Paper(name, facts.agency.name, marks), story)


def render_withdrawal(facts: WithdrawalFacts) -> bytes:
    """The letter that withdraws a notice sent in error, unsigned. No form prescribes its wording.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    notice = facts.notice
    named = f"Thông báo số {notice.number} {decree_date(notice.dated)}"
    free = body(f"{safe(facts.owner.name)} không phải đến trụ sở theo yêu cầu của Thông báo đã thu hồi.")
    revoked = [] if facts.revoked is None else [body(_REVOKED.format(safe(facts.revoked)))]
    story = [
        header(facts.agency, facts.paper),
        *title("THÔNG BÁO", f"Về việc thu hồi Thông báo số {notice.number}"),
        addressee(facts.owner.name),
        body(f"{safe(facts.agency.name)} đã gửi {safe(named)} về vụ việc sau:"),
        vehicle_row(notice.vehicle),
        row("Chủ phương tiện", facts.owner.name),
        row("Địa chỉ", facts.owner.address),
        when_and_where(notice.act),
        row("Hành vi vi phạm", f"{notice.act.behaviour} ({notice.act.law})"),
        body(f"Nay {safe(facts.agency.name)} thu hồi Thông báo nêu trên. Thông báo này không còn giá trị."),
        row("Lý do", facts.reason),
        *revoked,
        closing([free], facts.signer, ["Như trên;", "Lưu: Hồ sơ vụ việc."]),
    ]
    name = f"Thu hồi Thông báo số {notice.number}"
    marks = banners(demo=facts.demo, draft=facts.paper.is_draft)
    return build(Paper(name, facts.agency.name, marks), story)


def _recorded(facts: NoticeFacts) -> list[Any]:
    """Rows 8 to 15: who detected what, of whom, when and where."""
    detection, act = facts.detection, facts.act
    if detection.transferred_by is None:
        means = "đã sử dụng phương tiện, thiết bị kỹ thuật nghiệp vụ"
    else:
        means = (
            "đã tiếp nhận kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ do "
            f"{safe(detection.transferred_by)} chuyển đến"
        )
    return [
        body(f"{safe(detection.unit)} {means}, ghi nhận được:"),
        vehicle_row(facts.vehicle),
        *person_rows("Chủ phương tiện", facts.owner),
        when_and_where(act),
        row("Hành vi vi phạm", act_text(act)),
        row("Biện pháp ngăn chặn được áp dụng (nếu có)", facts.preventive_measure or NONE),
    ]


def _demanded(facts: NoticeFacts) -> list[Any]:
    """Rows 16 to 20: where and when to come, what to bring, what follows, what is enclosed."""
    rows = [
        body(
            f"Yêu cầu {safe(facts.owner.name)} {come(facts.appointment)} "
            "để giải quyết vụ việc vi phạm theo quy định của pháp luật."
        )
    ]
    if facts.commune_office is not None:
        rows.append(
            body(
                "Trường hợp việc đi lại gặp khó khăn hoặc không có điều kiện đến trụ sở nêu trên thì "
                f"{come(facts.commune_office)} để giải quyết."
            )
        )
    rows.append(
        body(
            "Khi đến mang theo Thông báo này và các giấy tờ có liên quan đến phương tiện, "
            "người điều khiển phương tiện."
        )
    )
    rows.append(body(_consequence(inspected=facts.vehicle_is_inspected)))
    rows.append(
        body("<i>(Kèm theo kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ).</i>")
    )
    return rows


def _consequence(*, inspected: bool) -> str:
    """Row 19: TT 73/2024 Art 24.5 and NĐ 168/2024 Art 47.11, as told in REFERENCE §1.1 step 5b."""
    told = (
        "cơ quan đăng kiểm, cơ quan đăng ký xe"
        if inspected
        else "cơ quan đăng ký xe, Công an cấp xã nơi cư trú"
    )
    return (
        "Sau 20 ngày kể từ ngày gửi Thông báo này, nếu chủ phương tiện không đến giải quyết vụ việc thì "
        f"cơ quan Công an thông báo cho {told} để phối hợp xử lý theo quy định của pháp luật."
    )
