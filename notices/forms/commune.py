"""Form 04: the slip to the police of the commune of residence, and the report that they send back."""

from typing import Any

from reportlab.lib.colors import black
from reportlab.platypus import HRFlowable, PageBreak, Spacer, Table

from notices.blocks import addressee, closing, header, title
from notices.drawing import Drawn, bookmark
from notices.facts import Agency, PaperNumber
from notices.forms.facts import CommuneFacts
from notices.page import TEXT_WIDTH, Paper, banners, build
from notices.rows import person_rows, row, vehicle_row, when_and_where
from notices.typography import BODY_SIZE, BOLD, ITALIC, body, centred, line, safe, style
from notices.wording import DOTS, decree_date, full_number

SUBJECT = "Chuyển Thông báo đến chủ phương tiện"
REPORT_SUBJECT = "Kết quả chuyển Thông báo đến chủ phương tiện"
FINDINGS = (
    "Đã giao Thông báo cho chủ phương tiện;",
    "Chủ phương tiện từ chối nhận Thông báo;",
    "Không tìm thấy chủ phương tiện tại địa chỉ nêu trong Phiếu gửi;",
    f"Chủ phương tiện đã chuyển đến: {DOTS * 10}",
)
_BASES = {False: "điểm b khoản 5 Điều 24", True: "khoản 5 Điều 25"}
_BOX = 10.0
_REPORT = "PHIẾU BÁO"
_CUT = "Công an cấp xã điền, tách tờ này và gửi lại đơn vị đã gửi Phiếu gửi"


def render_commune(facts: CommuneFacts) -> bytes:
    """The slip, and on a sheet of its own the report that comes back.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    agency, commune = safe(facts.agency.name), safe(facts.commune)
    notice = f"Thông báo số {facts.notice.number} {decree_date(facts.notice.dated)}"
    asked = body(
        f"Căn cứ {_BASES[facts.reported]} Thông tư số 73/2024/TT-BCA (được sửa đổi, bổ sung bởi Thông tư số "
        f"13/2025/TT-BCA), {agency} đề nghị {commune} chuyển Thông báo gửi kèm đến chủ phương tiện, yêu cầu "
        f"thực hiện theo Thông báo và thông báo lại kết quả cho {agency} theo Phiếu báo kèm theo (tờ sau)."
    )
    story = [
        header(facts.agency, facts.paper),
        *title("PHIẾU GỬI", SUBJECT),
        addressee(facts.commune),
        body(f"{agency} đã gửi {safe(notice)} về vụ việc vi phạm hành chính sau:"),
        *person_rows("Chủ phương tiện", facts.owner),
        vehicle_row(facts.vehicle),
        when_and_where(facts.act),
        row("Hành vi vi phạm", f"{facts.act.behaviour}, quy định tại {facts.act.law}"),
        body(
            f"Thông báo được gửi {decree_date(facts.sent)}. Đến nay đã quá thời hạn 20 ngày kể từ ngày gửi "
            "Thông báo mà chủ phương tiện chưa đến giải quyết vụ việc."
        ),
        closing(
            [asked],
            facts.signer,
            ["Như trên;", "Chủ phương tiện (qua Công an cấp xã);", "Lưu: Hồ sơ vụ việc."],
        ),
        PageBreak(),
        *_report(facts),
    ]
    marks = banners(demo=facts.demo, draft=facts.paper.is_draft)
    name = f"Phiếu gửi số {full_number(facts.paper)} – {facts.vehicle.plate}"
    return build(Paper(name, facts.agency.name, marks), story)


def _report(facts: CommuneFacts) -> list[Any]:
    """What comes back, to be filled in by hand; the findings are those that the case can record."""
    office = Agency(f"Công an {DOTS * 3}", facts.commune)
    returned = PaperNumber(DOTS, DOTS * 3)
    found = [[_box(), line(text, style(BODY_SIZE))] for text in FINDINGS]
    return [
        bookmark(_REPORT),
        _cut(),
        header(office, returned),
        *title(_REPORT, REPORT_SUBJECT),
        addressee(facts.agency.name),
        body(
            f"{safe(facts.commune)} đã nhận Phiếu gửi số {safe(full_number(facts.paper))} kèm Thông báo số "
            f"{safe(facts.notice.number)}, gửi {safe(facts.owner.name)}; phương tiện biển số "
            f"{safe(facts.vehicle.plate)}. Kết quả thực hiện (đánh dấu vào ô thích hợp), ngày {DOTS} "
            f"tháng {DOTS} năm {DOTS}:"
        ),
        Table(
            found,
            colWidths=[24.0, TEXT_WIDTH - 24.0],
            spaceBefore=4,
            style=[
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                *((f"{side}PADDING", (0, 0), (-1, -1), 2) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
            ],
        ),
        body("Ý kiến của chủ phương tiện, nội dung khác:"),
        *(_dotted() for _line in range(3)),
        _signatures(),
    ]


def _dotted() -> Any:
    return HRFlowable(width="100%", thickness=0.8, color=black, dash=(0.8, 2.4), spaceBefore=16, spaceAfter=0)


def _signatures() -> Any:
    small = centred(11, ITALIC)
    left = [line("NGƯỜI NHẬN THÔNG BÁO", centred(BODY_SIZE, BOLD)), line("(Ký, ghi rõ họ tên)", small)]
    right = [
        line("THỦ TRƯỞNG ĐƠN VỊ", centred(BODY_SIZE, BOLD)),
        line("(Ký tên, đóng dấu)", small),
        Spacer(1, 52),
    ]
    half = TEXT_WIDTH / 2
    return Table(
        [[left, right]], colWidths=[half, half], spaceBefore=14, style=[("VALIGN", (0, 0), (-1, -1), "TOP")]
    )


def _box() -> Drawn:
    def draw(canvas: Any) -> None:
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.8)
        canvas.rect(0, 0, _BOX, _BOX, stroke=1, fill=0)

    return Drawn(_BOX, _BOX, draw)


def _cut() -> Any:
    """A dashed line across the text width with the words that tell what to do."""

    def draw(canvas: Any) -> None:
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.6)
        canvas.setDash(4, 3)
        canvas.line(0, 3, TEXT_WIDTH, 3)
        canvas.setDash()

    return Table(
        [[line(_CUT, centred(10.5, ITALIC))], [Drawn(TEXT_WIDTH, 6, draw)]],
        colWidths=[TEXT_WIDTH],
        spaceAfter=6,
        style=[(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")],
    )
