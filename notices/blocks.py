"""The fixed parts of every paper: header block with its two rules, title, "Nơi nhận" and signature block."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer, Table

from notices.drawing import rule, signature_places
from notices.facts import Agency, PaperNumber, Signer
from notices.page import TEXT_WIDTH
from notices.typography import (
    BODY_SIZE,
    BOLD,
    BOLD_ITALIC,
    INDENT,
    ITALIC,
    REGULAR,
    centred,
    line,
    style,
    width,
)
from notices.wording import dated_line, full_number

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_LEFT_COLUMN = 73 * mm
_RIGHT_COLUMN = TEXT_WIDTH - _LEFT_COLUMN
_SIGNATURE_COLUMN = 90 * mm
# the decree: a line of one third to one half of the text above it
_SHARE = 0.4


def _plain_table(rows: list[list[Any]], columns: Sequence[float]) -> Any:
    return Table(
        rows,
        colWidths=list(columns),
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("ALIGN", (0, 0), (-1, -1), "CENTER"),
            *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
        ],
    )


def short_rule(text: str, font: str, size: float, column: float) -> Any:
    """The line under an issuing body or a subject."""
    return rule(_SHARE * min(width(text, font, size), column))


def heads(agency: Agency, left_width: float, right_width: float) -> Any:
    """Issuing bodies at the left, Quốc hiệu and Tiêu ngữ at the right, each with its rule."""
    parent, name = agency.parent.upper(), agency.name.upper()
    left = [
        line(parent, centred(12)),
        line(name, centred(12, BOLD)),
        short_rule(name, BOLD, 12, left_width),
    ]
    right = [
        line(COUNTRY, centred(12, BOLD)),
        line(MOTTO, centred(13, BOLD)),
        rule(width(MOTTO, BOLD, 13)),
    ]
    return _plain_table([[left, right]], (left_width, right_width))


def header(agency: Agency, paper: PaperNumber) -> Any:
    """The heads, under them the number at the left, place and date at the right."""
    number = line(f"Số: {full_number(paper)}", centred(13))
    table = _plain_table(
        [
            [heads(agency, _LEFT_COLUMN, _RIGHT_COLUMN), ""],
            [number, line(dated_line(paper), centred(13, ITALIC))],
        ],
        (_LEFT_COLUMN, _RIGHT_COLUMN),
    )
    table.setStyle([("SPAN", (0, 0), (1, 0)), ("TOPPADDING", (0, 1), (-1, 1), 6)])
    return table


def title(kind: str, subject: str) -> list[Any]:
    """Kind of paper in capitals, subject below, a short rule under it."""
    return [
        line(kind, centred(14, BOLD, space_before=12)),
        line(subject, centred(13.5, BOLD)),
        short_rule(subject, BOLD, 13.5, TEXT_WIDTH),
    ]


def addressee(name: str) -> Any:
    """Centred where it fits on a line; a longer name runs on under its own beginning."""
    text = f"Kính gửi: {name}"
    if width(text, REGULAR, BODY_SIZE) <= TEXT_WIDTH:
        return line(text, centred(BODY_SIZE, space_before=8))
    hang = width("Kính gửi: ", REGULAR, BODY_SIZE)
    return line(text, style(BODY_SIZE, spaceBefore=8, leftIndent=INDENT + hang, firstLineIndent=-hang))


def closing(last: Sequence[Any], signer: Signer, recipients: Sequence[str], after: Sequence[Any] = ()) -> Any:
    """The list "Nơi nhận" at the left, the signature block at the right; both after the `last` paragraphs.

    No page's end tears them apart, nor from what stands `after` them: a signature never stands alone.
    """
    heading = style(12, BOLD_ITALIC)
    small = style(11, leftIndent=2 * mm, bulletIndent=0)
    left = [line("Nơi nhận:", heading), *(line(f"- {entry}", small) for entry in recipients)]
    titles = [text for text in (signer.authority, signer.title) if text is not None]
    right = [
        *(line(text.upper(), centred(13, BOLD)) for text in titles),
        signature_places(),
        line(signer.name, centred(13, BOLD)),
    ]
    table = _plain_table([[left, right]], (TEXT_WIDTH - _SIGNATURE_COLUMN, _SIGNATURE_COLUMN))
    table.setStyle([("RIGHTPADDING", (0, 0), (0, 0), 5 * mm)])
    return KeepTogether([*last, Spacer(1, 8), table, *after])
