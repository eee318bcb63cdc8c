"""One typographic system for every paper: Liberation Serif (Times metrics), sizes of NĐ 30/2020."""

from functools import cache
from html import escape
from importlib.resources import as_file, files
from typing import Any

from reportlab.lib.colors import HexColor, toColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Paragraph
from reportlab.platypus.tables import CellStyle

from notices.faults import NoticeFault
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


def body(markup: str) -> Any:
    """A body paragraph; `markup` must already be safe."""
    if "<" in markup or "&" in markup:
        return Paragraph(markup, body_style())
    return _plain(body_style(), ("", markup))


def labelled(label: str, text: str, paragraph_style: ParagraphStyle) -> Any:
    """A bold label followed by plain text."""
    safe(label + text)
    return _plain(paragraph_style, ("b", label), ("", text))


def line(text: str, paragraph_style: ParagraphStyle) -> Any:
    """A paragraph of plain text."""
    safe(text)
    return _plain(paragraph_style, ("", text))


def _plain(paragraph_style: ParagraphStyle, *parts: tuple[str, str]) -> Any:
    """A paragraph of parts, each with the markup around it or none, without reading markup again."""
    fragments = [_fragment(paragraph_style, tag).clone(text=text) for tag, text in parts]
    return Paragraph("", paragraph_style, frags=fragments)


@cache
def _fragment(paragraph_style: ParagraphStyle, tag: str) -> Any:
    return Paragraph(f"<{tag}>x</{tag}>" if tag else "x", paragraph_style).frags[0]
