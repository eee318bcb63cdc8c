"""The annex: what the device recorded, with the data that say where it comes from."""

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, PageBreak, Spacer, Table

from notices.drawing import Drawn, bookmark, qr_code, rule
from notices.facts import NoticeFacts, Photo, PhotoRole
from notices.page import TEXT_WIDTH
from notices.photographs import photograph
from notices.typography import BOLD, HAIR, ITALIC, centred, labelled, line, style, width
from notices.wording import act_time, enclosed_with

_GAP = 5 * mm
_HALF = (TEXT_WIDTH - _GAP) / 2
_QR_SIZE = 32 * mm
_HEADING = "KẾT QUẢ THU THẬP ĐƯỢC BẰNG PHƯƠNG TIỆN,"
_HEADING_END = "THIẾT BỊ KỸ THUẬT NGHIỆP VỤ"
_ROLE_NAMES = {
    PhotoRole.BEFORE: "Trước khi vi phạm",
    PhotoRole.AT: "Tại thời điểm vi phạm",
    PhotoRole.AFTER: "Sau khi vi phạm",
    PhotoRole.OTHER: "Hình ảnh được cung cấp",
    PhotoRole.PLATE: "Biển số",
}
_NO_MONEY = (
    "Thông báo này không yêu cầu chuyển tiền, không hỏi thông tin tài khoản ngân hàng. "
    "Cảnh sát giao thông không gọi điện thoại để thông báo phạt nguội."
)


def annex(facts: NoticeFacts) -> list[Any]:
    """Heading, data block, plate crop beside the QR code, then the photographs; starts on a new page."""
    plates = [photo for photo in facts.photos if photo.role is PhotoRole.PLATE]
    scenes = [photo for photo in facts.photos if photo.role is not PhotoRole.PLATE]
    first = next((photo for photo in scenes if photo.role is PhotoRole.AT), None)
    others = [photo for photo in scenes if photo is not first] + plates[1:]
    story = [PageBreak(), *_heading(facts), _data_block(facts), Spacer(1, 3 * mm)]
    story.append(_look_up_row(facts, plates[0] if plates else None))
    if first is not None:
        story.append(KeepTogether(_figure(first, TEXT_WIDTH, 84 * mm)))
    return story + list(pairs(others))


def _heading(facts: NoticeFacts) -> list[Any]:
    return [
        bookmark(f"{_HEADING} {_HEADING_END}"),
        line(_HEADING, centred(13, BOLD)),
        line(_HEADING_END, centred(13, BOLD)),
        line(enclosed_with("Thông báo", facts.paper), centred(13, ITALIC)),
        rule(0.4 * width(_HEADING_END, BOLD, 13), space_after=3 * mm),
    ]


def _data_block(facts: NoticeFacts) -> Any:
    evidence, vehicle = facts.evidence, facts.vehicle
    entries = [
        ("Thời gian ghi nhận", act_time(evidence.recorded_at)),
        ("Địa điểm ghi nhận", evidence.place),
        ("Phương tiện", f"{vehicle.kind}; {vehicle.plate}; {vehicle.plate_colour}"),
        ("Nguồn dữ liệu", evidence.source),
        ("Giấy chứng nhận", evidence.certificate or "Không có"),
        ("Mã gói dữ liệu", evidence.package_id),
        ("SHA-256 của gói", evidence.manifest_sha256),
    ]
    label, value = style(10.5, BOLD), style(10.5)
    return Table(
        [[line(name, label), line(text, value)] for name, text in entries],
        colWidths=[38 * mm, TEXT_WIDTH - 38 * mm],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HAIR),
            ("LINEABOVE", (0, 0), (-1, 0), 0.4, HAIR),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ],
    )


def _look_up_row(facts: NoticeFacts, plate: Photo | None) -> Any:
    """Plate crop at the left, QR code and what it is for at the right."""
    small = style(10.5, spaceBefore=3)
    words = [line("Tra cứu Thông báo này trên trang chính thức bằng mã QR bên cạnh.", small)]
    if facts.agency.hotline is not None:
        words.append(line(f"Điện thoại liên hệ: {facts.agency.hotline}", small))
    words.append(line(_NO_MONEY, style(10.5, ITALIC, spaceBefore=3)))
    crop = [] if plate is None else _figure(plate, 58 * mm, 25 * mm)
    columns = [60 * mm if crop else 0, _QR_SIZE, TEXT_WIDTH - _QR_SIZE - (60 * mm if crop else 0)]
    return Table(
        [[crop, qr_code(facts.qr_text, _QR_SIZE), words]],
        colWidths=columns,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("ALIGN", (0, 0), (0, 0), "CENTER"),
            *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
        ],
    )


def pairs(photos: Sequence[Photo]) -> Iterator[Any]:
    """Photographs two by two, each as large as half of the text width allows, with its caption."""
    for start in range(0, len(photos), 2):
        cells = [_figure(photo, _HALF, 55 * mm) for photo in photos[start : start + 2]]
        if len(cells) == 1:
            yield KeepTogether(cells[0])
            continue
        yield Table(
            [[cells[0], "", cells[1]]],
            colWidths=[_HALF, _GAP, _HALF],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("ALIGN", (0, 0), (-1, -1), "CENTER"),
                *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
            ],
        )


def _figure(photo: Photo, max_width: float, max_height: float) -> list[Any]:
    """The image as large as the box allows, its caption below."""
    reader = photograph(photo)
    pixels_wide, pixels_high = reader.getSize()
    scale = min(max_width / pixels_wide, max_height / pixels_high)
    placed = Drawn(
        pixels_wide * scale,
        pixels_high * scale,
        lambda canvas: canvas.drawImage(reader, 0, 0, pixels_wide * scale, pixels_high * scale),
    )
    caption = labelled(f"{_ROLE_NAMES[photo.role]}: ", photo.caption, centred(10.5))
    return [Spacer(1, 2 * mm), placed, Spacer(1, 1 * mm), caption]
