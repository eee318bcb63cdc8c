"""Form 06: citizens' data show an act, and the owner is invited to clarify it, unsigned."""

from notices.blocks import addressee, closing, header, title
from notices.forms.facts import InvitationFacts
from notices.page import Paper, banners, build
from notices.rows import come, person_rows, row, vehicle_row, when_and_where
from notices.typography import body, safe
from notices.wording import full_number

SUBJECT = "Về dữ liệu phản ánh vi phạm trật tự, an toàn giao thông đường bộ"


def render_invitation(facts: InvitationFacts) -> bytes:
    """The invitation; nothing in it tells who gave the data.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    owner = safe(facts.owner.name)
    last = body(
        "Quá thời hạn 20 ngày kể từ ngày gửi Thông báo này mà chủ phương tiện, người điều khiển phương tiện "
        "không đến thì cơ quan Công an tiếp tục gửi Thông báo đến Công an cấp xã nơi cư trú, đóng trụ sở để "
        "chuyển đến chủ phương tiện (khoản 5 Điều 25 Thông tư số 73/2024/TT-BCA)."
    )
    story = [
        header(facts.agency, facts.paper),
        *title("THÔNG BÁO", SUBJECT),
        addressee(facts.owner.name),
        body(
            f"{safe(facts.agency.name)} đã tiếp nhận, xác minh dữ liệu (thông tin, hình ảnh) thu được từ "
            "phương tiện, thiết bị kỹ thuật do cá nhân, tổ chức cung cấp, phản ánh vụ việc sau:"
        ),
        vehicle_row(facts.vehicle),
        *person_rows("Chủ phương tiện", facts.owner),
        when_and_where(facts.act),
        row("Hành vi được phản ánh", f"{facts.act.behaviour}, quy định tại {facts.act.law}"),
        body(
            f"Mời {owner}, người điều khiển phương tiện {come(facts.appointment)} để làm rõ vụ việc theo "
            "quy định của pháp luật."
        ),
        body(
            "Khi đến mang theo Thông báo này và các giấy tờ có liên quan đến phương tiện, "
            "người điều khiển phương tiện."
        ),
        closing([last], facts.signer, ["Như trên;", "Lưu: Hồ sơ vụ việc."]),
    ]
    marks = banners(demo=facts.demo, draft=facts.paper.is_draft)
    name = f"Thông báo số {full_number(facts.paper)} – {facts.vehicle.plate}"
    return build(Paper(name, facts.agency.name, marks), story)
