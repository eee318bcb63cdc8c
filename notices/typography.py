"""One typographic system for every paper: Liberation Serif (Times metrics), sizes of NĐ 30/2020."""

import re
from functools import cache
from html import escape, unescape
from importlib.resources import as_file, files
from typing import Any

from reportlab.lib.colors import HexColor, toColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus.tables import CellStyle

from notices.faults import NoticeFault
from notices.paragraph import Paragraph, words_of
from notices.typeface import PaperFont

REGULAR, BOLD, ITALIC, BOLD_ITALIC = (
    "PaperSerif",
    "PaperSerif-Bold",
    "PaperSerif-Italic",
    "PaperSerif-BoldItalic",
)
_FILES = {REGULAR: "Regular", BOLD: "Bold", ITALIC: "Italic", BOLD_ITALIC: "BoldItalic"}

BODY_SIZE = 13.0
INDENT = 10 * mm
BLACK = "#000000"
HAIR = HexColor("#888888")  # lines of tables
_MARKS = re.compile("<(/?[bi])>")
_FACES = {"": REGULAR, "/b": REGULAR, "/i": REGULAR, "b": BOLD, "i": ITALIC}


@cache
def fonts() -> frozenset[int]:
    """Registers the four faces once; the code points that all four can print."""
    known: set[int] | None = None
    for name, face in _FILES.items():
        with as_file(files("notices") / "fonts" / f"LiberationSerif-{face}.ttf") as path:
            font = PaperFont(name, path)
        pdfmetrics.registerFont(font)
        code_points = set(font.face.charToGlyph)
        known = code_points if known is None else known & code_points
    CellStyle.fontname = REGULAR  # tables would ask for Helvetica, which is not embedded
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD_ITALIC)
    return frozenset(known or ())


def width(text: str, font: str, size: float) -> float:
    """Printed width in points."""
    fonts()
    return float(pdfmetrics.stringWidth(text, font, size))


def safe(text: str) -> str:
    """Text as paragraph markup. A character that the font lacks would print as an empty box: refused."""
    lacking = sorted(map(chr, set(map(ord, text)) - fonts()))
    if lacking:
        names = ", ".join(f"{character} (U+{ord(character):04X})" for character in lacking)
        raise NoticeFault("field_characters", f"the font of the paper cannot print {names} in {text!r}")
    return escape(text, quote=False)


@cache
def style(size: float, font: str = REGULAR, **more: Any) -> ParagraphStyle:
    """A paragraph style in the family, the same object for the same wishes; leading 1.15 unless told."""
    fonts()
    colour = more.pop("textColor", BLACK)
    settings: dict[str, Any] = {"leading": round(size * 1.15, 2), "splitLongWords": 1}
    # ReportLab would read a colour's name again for every line
    return ParagraphStyle(
        "paper", fontName=font, fontSize=size, textColor=toColor(colour), **(settings | more)
    )


def body_style() -> ParagraphStyle:
    """13 points, justified, first line in by 1 cm, 6 points between paragraphs."""
    return style(BODY_SIZE, alignment=TA_JUSTIFY, firstLineIndent=INDENT, spaceBefore=6)


def centred(size: float, font: str = REGULAR, space_before: float = 0) -> ParagraphStyle:
    return style(size, font, alignment=TA_CENTER, spaceBefore=space_before)


def body(markup: str) -> Paragraph:
    """A body paragraph; `markup` is safe text in which <b> and <i> mark bold and italic words."""
    if "<" not in markup and "&" not in markup:
        return Paragraph(words_of([(REGULAR, markup)]), body_style())
    # text, mark, text, mark, …
    texts = _MARKS.split(markup)
    parts = [
        (_FACES[mark], unescape(text)) for mark, text in zip(["", *texts[1::2]], texts[::2], strict=True)
    ]
    return Paragraph(words_of(parts), body_style())


def labelled(label: str, text: str, paragraph_style: ParagraphStyle) -> Paragraph:
    """A bold label followed by plain text."""
    safe(label + text)
    return Paragraph(words_of([(BOLD, label), (REGULAR, text)]), paragraph_style)


def line(text: str, paragraph_style: ParagraphStyle) -> Paragraph:
    """A paragraph of plain text."""
    safe(text)
    return Paragraph(words_of([(paragraph_style.fontName, text)]), paragraph_style)
