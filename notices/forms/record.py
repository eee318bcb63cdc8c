"""The record of the violation (biên bản vi phạm hành chính): printed at the desk, signed there by hand.

Which of its sentences are ours is told in docs/notices.md.
"""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer, Table

from notices.blocks import header, title
from notices.drawing import writing_lines
from notices.forms.acts import act_rows, addressed, counted, numbered, violator_rows
from notices.forms.sanction import ExplanationRight, RecordFacts
from notices.page import TEXT_WIDTH, Paper, banners, build
from notices.rows import NONE, come, row
from notices.typography import BOLD, ITALIC, body, centred, line, safe
from notices.wording import DOTS, appointment_time, decree_date, full_number

SUBJECT = "Vi phạm hành chính về trật tự, an toàn giao thông đường bộ"
_ROOM = 24 * mm  # for a signature by hand


def render_record(facts: RecordFacts) -> bytes:
    """The record with the places for the signatures by hand.

    Raises:
        NoticeFault: a text holds a character which the font lacks.
    """
    story = [
        header(facts.agency, facts.paper),
        *title("BIÊN BẢN", SUBJECT),
        *_opening(facts),
        *_violation(facts),
        *_said(facts),
        *_what_follows(facts),
        KeepTogether([*_closing(facts), Spacer(1, 8), _signatures(facts)]),
    ]
    name = f"Biên bản số {full_number(facts.paper)}"
    return build(Paper(name, facts.agency.name, banners(demo=facts.demo, draft=facts.paper.is_draft)), story)


def _opening(facts: RecordFacts) -> list[Any]:
    """When, where, on what ground, by whom."""
    maker = facts.maker
    name, title_ = maker.name or DOTS * 4, maker.title or DOTS * 4
    rows = [
        body(f"Hôm nay, hồi {appointment_time(facts.made_at)}, tại {safe(facts.place)}."),
        *(body(f"<i>Căn cứ {safe(ground)};</i>") for ground in facts.grounds[:-1]),
        *(body(f"<i>Căn cứ {safe(ground)}.</i>") for ground in facts.grounds[-1:]),
        row("Người lập biên bản", f"{name}; chức vụ: {title_}; đơn vị: {maker.unit}"),
    ]
    if facts.witness is not None:
        rows.append(row("Người chứng kiến", facts.witness))
    return rows


def _violation(facts: RecordFacts) -> list[Any]:
    rows = [
        body(f"Lập biên bản vi phạm hành chính đối với {addressed(facts.violator)} có tên sau đây:"),
        *violator_rows(facts.violator),
    ]
    if facts.licence is not None:
        rows.append(row("Giấy phép lái xe", facts.licence))
    if facts.owner is not None:
        rows.append(row("Chủ phương tiện", f"{facts.owner.name}; địa chỉ: {facts.owner.address}"))
    count = len(facts.acts)
    rows.append(body(f"Đã thực hiện {counted(count)} vi phạm hành chính sau đây:"))
    for charged, place in zip(facts.acts, numbered(count), strict=True):
        rows.append(KeepTogether(act_rows(charged, place)))
    rows.append(row("Biện pháp ngăn chặn được áp dụng (nếu có)", facts.preventive_measure or NONE))
    return rows


def _said(facts: RecordFacts) -> list[Any]:
    """Room for what is said at the desk, written by hand."""
    rows = [KeepTogether([body("Ý kiến của người vi phạm hoặc người đại diện:"), writing_lines(3)])]
    if facts.witness is not None:
        rows.append(KeepTogether([body("Ý kiến của người chứng kiến:"), writing_lines(1)]))
    return rows


def _what_follows(facts: RecordFacts) -> list[Any]:
    rows = [body(_explanation(facts.explanation))]
    if facts.appointment is not None:
        who = safe(facts.violator.name)
        rows.append(body(f"Yêu cầu {who} {come(facts.appointment)} để giải quyết vụ việc."))
    return rows


def _explanation(right: ExplanationRight | None) -> str:
    if right is None:
        return "Vụ việc không thuộc trường hợp được quyền giải trình trước khi ra quyết định xử phạt."
    return (
        f"Người vi phạm có quyền giải trình bằng văn bản trong thời hạn {right.written_days:02d} ngày làm "
        f"việc kể từ ngày lập biên bản này, đến hết {decree_date(right.until)}, hoặc trong thời hạn "
        f"{right.hearing_days:02d} ngày làm việc yêu cầu giải trình trực tiếp; gửi đến {safe(right.office)}, "
        f"địa chỉ: {safe(right.address)}. Quá thời hạn này mà không giải trình thì coi như không thực hiện "
        "quyền giải trình."
    )


def _closing(facts: RecordFacts) -> list[Any]:
    """How the record ends; who refused to sign is named with the witness who saw it."""
    rows = []
    if not facts.signed:
        rows = [
            body(f"Người vi phạm không ký biên bản, có người chứng kiến là {safe(facts.witness or '')}."),
            body("Lý do không ký:"),
            writing_lines(1),
        ]
    rows.append(
        body(
            "Biên bản này được lập thành 02 bản có nội dung và giá trị như nhau; đã đọc lại cho những người "
            "có tên nêu trên cùng nghe và xác nhận là đúng; giao cho người vi phạm 01 bản, 01 bản lưu hồ sơ "
            "vụ việc."
        )
    )
    return rows


def _signatures(facts: RecordFacts) -> Any:
    """Who signs by hand, side by side: the violator, the witness, the officer."""
    columns: list[tuple[str, str | None]] = [("NGƯỜI VI PHẠM", None)] if facts.signed else []
    if facts.witness is not None:
        columns.append(("NGƯỜI CHỨNG KIẾN", facts.witness))
    columns.append(("NGƯỜI LẬP BIÊN BẢN", facts.maker.name))
    return _side_by_side(columns)


def _side_by_side(columns: Sequence[tuple[str, str | None]]) -> Any:
    share = TEXT_WIDTH / max(len(columns), 2)
    heads = [
        [line(head, centred(12, BOLD)), line("(Ký, ghi rõ họ và tên)", centred(11, ITALIC))]
        for head, _name in columns
    ]
    names = [line(name, centred(12, BOLD)) if name else "" for _head, name in columns]
    if len(columns) == 1:  # alone at the right, as on every paper
        heads, names = [[], *heads], ["", *names]
    return Table(
        [heads, [""] * len(heads), names],
        colWidths=[share] * len(heads),
        rowHeights=[None, _ROOM, None],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("TOP", "BOTTOM")),
            *((f"{side}PADDING", (0, 0), (-1, -1), 3) for side in ("LEFT", "RIGHT")),
        ],
    )
