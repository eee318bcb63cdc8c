"""Form 03/73: the slip with which results go to the unit that handles the case, unsigned."""

from typing import Any

from reportlab.platypus import PageBreak, Spacer, Table

from notices.annex import pairs
from notices.blocks import addressee, closing, header, title
from notices.drawing import bookmark
from notices.forms.facts import TransferFacts
from notices.page import TEXT_WIDTH, Paper, banners, build
from notices.rows import person_rows, row, vehicle_row, when_and_where
from notices.typography import BODY_SIZE, BOLD, HAIR, ITALIC, body, centred, line, safe, style
from notices.wording import decree_date, enclosed_with, full_number

RESULTS = "Kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ"
FILE = "Hồ sơ vụ việc vi phạm hành chính về trật tự, an toàn giao thông đường bộ"
_OWNER = "Chủ phương tiện"
_PICTURES = "BẢN ẢNH"
_BASIS = (
    "điểm b khoản 1 Điều 24 Thông tư số 73/2024/TT-BCA (được sửa đổi, bổ sung bởi Thông tư số 13/2025/TT-BCA)"
)


def render_transfer(facts: TransferFacts) -> bytes:
    """The slip with its list of results.

    Raises:
        NoticeFault: a photograph cannot be read, or a text holds a character which the font lacks.
    """
    agency, to = safe(facts.agency.name), safe(facts.to)
    story = [
        header(facts.agency, facts.paper),
        *title("PHIẾU CHUYỂN", RESULTS if facts.results_of_device else FILE),
        addressee(facts.to),
        body(f"{agency} đã phát hiện vụ việc vi phạm hành chính sau:"),
        vehicle_row(facts.vehicle),
        *(person_rows(_OWNER, facts.owner) if facts.owner else [row(_OWNER, "chưa xác định")]),
        when_and_where(facts.act),
        row("Hành vi vi phạm", f"{facts.act.behaviour}, quy định tại {facts.act.law}"),
        row("Lý do chuyển", facts.reason),
    ]
    if facts.time_bar is not None:
        story.append(row("Thời hiệu xử phạt vi phạm hành chính", f"đến hết {decree_date(facts.time_bar)}"))
    if facts.results_of_device:
        story.append(body(f"Căn cứ {_BASIS}, {agency} chuyển đến {to} các kết quả sau đây:"))
    else:
        story.append(body(f"{agency} chuyển đến {to} hồ sơ vụ việc gồm:"))
    story += [_exhibits(facts), closing([_asked(facts)], facts.signer, ["Như trên;", "Lưu: Hồ sơ vụ việc."])]
    if facts.photos:
        story += [PageBreak(), *_pictures(facts)]
    marks = banners(demo=facts.demo, draft=facts.paper.is_draft)
    name = f"Phiếu chuyển số {full_number(facts.paper)} – {facts.vehicle.plate}"
    return build(Paper(name, facts.agency.name, marks), story)


def _asked(facts: TransferFacts) -> Any:
    agency, enclosed = (
        safe(facts.agency.name),
        "; bản ảnh được gửi kèm theo Phiếu này" if facts.photos else "",
    )
    return body(
        f"Đề nghị {safe(facts.to)} giải quyết, xử lý vụ việc theo quy định của pháp luật và thông báo ngay "
        f"kết quả cho {agency}. Dữ liệu điện tử của các kết quả nêu trên được lưu tại {agency}{enclosed}."
    )


def _pictures(facts: TransferFacts) -> list[Any]:
    return [
        bookmark(_PICTURES),
        line(_PICTURES, centred(BODY_SIZE, BOLD)),
        line(enclosed_with("Phiếu chuyển", facts.paper), centred(BODY_SIZE, ITALIC)),
        Spacer(1, 8),
        *pairs(facts.photos),
    ]


def _exhibits(facts: TransferFacts) -> Any:
    """Number, what it is, its digest; the head stands again on every page."""
    head, cell, digest = centred(10.5, BOLD), style(10), style(8)
    rows = [[line(text, head) for text in ("STT", "Kết quả", "SHA-256 của tệp")]]
    for number, exhibit in enumerate(facts.exhibits, 1):
        cells = [line(exhibit.name, cell), line(exhibit.sha256, digest)]
        rows.append([line(f"{number:02d}", centred(10)), *cells])
    first, last = 30.0, 264.0
    return Table(
        rows,
        colWidths=[first, TEXT_WIDTH - first - last, last],
        repeatRows=1,
        spaceBefore=6,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("GRID", (0, 0), (-1, -1), 0.4, HAIR),
            *((f"{side}PADDING", (0, 0), (-1, -1), 4) for side in ("LEFT", "RIGHT")),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )
