"""A part of the book 05/73, in which citizens' data are entered: seventeen columns on A3, across.

The number of columns is the form's (TT 13/2025); their heads were not at hand and follow NĐ 61/2026.
"""

from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A3, landscape
from reportlab.platypus import KeepTogether, Spacer, Table

from notices.blocks import heads
from notices.forms.facts import RegisterFacts, RegisterLine
from notices.page import Paper, banners, build, text_width
from notices.typography import BOLD, ITALIC, centred, line, style
from notices.wording import act_time, decree_date

SHEET = landscape(A3)
_WIDTH = text_width(SHEET)
HEADS = (
    "Số thứ tự",
    "Thời gian tiếp nhận",
    "Hình thức tiếp nhận",
    "Tổ chức, cá nhân cung cấp",
    "Địa chỉ, liên hệ",
    "Loại dữ liệu, mã tệp",
    "Thời gian vi phạm",
    "Địa điểm vi phạm",
    "Loại phương tiện, biển số",
    "Hành vi vi phạm",
    "Đánh giá ban đầu",
    "Cán bộ tiếp nhận",
    "Đơn vị nhận chuyển",
    "Thời hạn xác minh",
    "Kết luận xác minh",
    "Kết quả xử lý",
    "Trả lời, ghi chú",
)
# shares of the width, in the order of the columns
_SHARES = (4, 6, 5, 7, 7, 9, 6, 8, 6, 9, 6, 6, 6, 6, 6, 8, 6)
_SIZE = 9.0


def render_register(facts: RegisterFacts) -> bytes:
    """The lines of a period; the heads stand again on every page.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    period = f"Từ {decree_date(facts.first)} đến {decree_date(facts.last)}"
    count = f"Số dòng: {len(facts.lines)}."
    story = [
        heads(facts.agency, _WIDTH / 2, _WIDTH / 2),
        line("SỔ TIẾP NHẬN DỮ LIỆU", centred(14, BOLD, space_before=6)),
        line(
            "(Thông tin, hình ảnh phản ánh vi phạm trật tự, an toàn giao thông đường bộ)", centred(13, BOLD)
        ),
        line(period, centred(13, ITALIC)),
        Spacer(1, 8),
        _table(facts.lines),
        KeepTogether([line(count, style(11, ITALIC, spaceBefore=4)), _signatures()]),
    ]
    name = f"Sổ tiếp nhận dữ liệu, {period.lower()}"
    return build(Paper(name, facts.agency.name, banners(demo=facts.demo, draft=False), SHEET), story)


def _table(lines: tuple[RegisterLine, ...]) -> Any:
    head, count, cell = centred(_SIZE, BOLD), centred(8, ITALIC), style(_SIZE)
    rows = [
        [line(text, head) for text in HEADS],
        [line(f"({number})", count) for number in range(1, len(HEADS) + 1)],
        *([line(text, cell) if text else "" for text in _cells(entry)] for entry in lines),
    ]
    if not lines:
        rows.append(["" for _head in HEADS])
    whole = sum(_SHARES)
    return Table(
        rows,
        colWidths=[_WIDTH * share / whole for share in _SHARES],
        repeatRows=2,
        style=[
            ("VALIGN", (0, 0), (-1, 1), "MIDDLE"),
            ("VALIGN", (0, 2), (-1, -1), "TOP"),
            ("GRID", (0, 0), (-1, -1), 0.5, black),
            ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _cells(entry: RegisterLine) -> tuple[str | None, ...]:
    return (
        entry.line,
        act_time(entry.received),
        entry.channel,
        entry.giver,
        entry.contact,
        entry.data,
        act_time(entry.act_at) if entry.act_at else None,
        entry.place,
        entry.vehicle,
        entry.behaviour,
        entry.first_value,
        entry.officer,
        entry.handed_to,
        entry.verification,
        entry.conclusion,
        entry.outcome,
        entry.answered,
    )


def _signatures() -> Any:
    small, half = centred(11, ITALIC), _WIDTH / 2
    left = [line("NGƯỜI LẬP SỔ", centred(13, BOLD)), line("(Ký, ghi rõ họ tên)", small)]
    right = [line("THỦ TRƯỞNG ĐƠN VỊ", centred(13, BOLD)), line("(Ký tên, đóng dấu)", small), Spacer(1, 48)]
    return Table([[left, right]], colWidths=[half, half], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])
