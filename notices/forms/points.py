"""Form 02/73: the notice of points deducted from a driving licence, unsigned."""

from notices.blocks import addressee, closing, header, title
from notices.forms.facts import PointsFacts
from notices.numerals import in_words
from notices.page import Paper, banners, build
from notices.rows import person_rows, row, vehicle_row, when_and_where
from notices.typography import body, safe
from notices.wording import DOTS, decree_date, full_number

SUBJECT = "Về việc trừ điểm giấy phép lái xe"
_RESTORED = (
    "Trường hợp giấy phép lái xe chưa bị trừ hết điểm và không bị trừ điểm trong thời hạn 12 tháng kể từ "
    "ngày bị trừ điểm gần nhất thì được phục hồi đủ 12 điểm. Trường hợp giấy phép lái xe bị trừ hết điểm thì "
    "người có giấy phép lái xe phải tham gia kiểm tra nội dung kiến thức pháp luật về trật tự, an toàn giao "
    "thông đường bộ theo quy định; có kết quả đạt yêu cầu thì được phục hồi đủ 12 điểm (Điều 51 Nghị định số "
    "168/2024/NĐ-CP)."
)


def render_points(facts: PointsFacts) -> bytes:
    """The notice of points deducted.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    decision = facts.decision
    named = f"Quyết định xử phạt vi phạm hành chính số {decision.number} {decree_date(decision.dated)}"
    # fewer points than are due are deducted to zero (Art 50.1.c): then nobody told how many there were
    held = facts.left + facts.deducted if facts.left else None
    last = body(
        f"Việc trừ điểm có hiệu lực từ {decree_date(facts.effective)}. Số điểm của giấy phép lái xe được cập "
        "nhật trên Trang thông tin điện tử của Cục Cảnh sát giao thông."
    )
    story = [
        header(facts.agency, facts.paper),
        *title("THÔNG BÁO", SUBJECT),
        addressee(facts.person.name),
        body(f"Căn cứ {safe(named)} của {safe(facts.decided_by)};"),
        body("Căn cứ Điều 50 Nghị định số 168/2024/NĐ-CP,"),
        body(f"{safe(facts.agency.name)} thông báo việc trừ điểm giấy phép lái xe đối với:"),
        *person_rows("Họ và tên", facts.person),
        row("Giấy phép lái xe (số, hạng)", facts.licence or DOTS * 6),
        row("Hành vi vi phạm", f"{facts.act.behaviour}, quy định tại {facts.act.law}"),
        when_and_where(facts.act),
        vehicle_row(facts.vehicle),
        row("Số điểm trước khi bị trừ", _points(held)),
        row("Số điểm bị trừ", _points(facts.deducted)),
        row("Số điểm còn lại", _points(facts.left)),
        body(_RESTORED),
        closing([last], facts.signer, ["Như trên;", "Lưu: Hồ sơ vụ việc."]),
    ]
    marks = banners(demo=facts.demo, draft=facts.paper.is_draft)
    name = f"Thông báo trừ điểm giấy phép lái xe số {full_number(facts.paper)}"
    return build(Paper(name, facts.agency.name, marks), story)


def _points(count: int | None) -> str:
    """Such as "04 (bốn) điểm"; dots where it is not known."""
    return f"{DOTS} điểm" if count is None else f"{count:02d} ({in_words(count)}) điểm"
