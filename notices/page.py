"""The page of NĐ 30/2020: A4, margins, page number in the top margin, banners, metadata."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from notices.archive import PaperCanvas
from notices.drawing import bookmark
from notices.typography import BODY_SIZE, BOLD, REGULAR, fonts

# ReportLab wraps streams in ASCII85 by default: a quarter more bytes, and half of the time of a notice.
rl_config.useA85 = 0

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 30 * mm, 15 * mm, 20 * mm, 20 * mm
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT

DEMO_BANNER = "BẢN MẪU – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
DRAFT_BANNER = "DỰ THẢO – CHƯA CÓ SỐ, CHƯA KÝ"
_BANNER_RED = HexColor("#B00020")


@dataclass(frozen=True, slots=True)
class Paper:
    """What the file says about itself, and the marks that stand on every page."""

    title: str
    author: str
    banners: tuple[str, ...]
    sheet: tuple[float, float] = A4  # width and height in points


def text_width(sheet: tuple[float, float]) -> float:
    """Between the margins."""
    return float(sheet[0] - LEFT - RIGHT)


def banners(*, demo: bool, draft: bool) -> tuple[str, ...]:
    return ((DEMO_BANNER,) if demo else ()) + ((DRAFT_BANNER,) if draft else ())


def build(paper: Paper, story: Sequence[Any]) -> bytes:
    """The story as a file for an archive (`notices.archive`); the same story gives the same bytes."""
    fonts()
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=paper.sheet,
        title=paper.title,
        author=paper.author,
        initialFontName=REGULAR,
        pageCompression=1,
    )
    width, height = text_width(paper.sheet), paper.sheet[1] - TOP - BOTTOM
    frame = Frame(LEFT, BOTTOM, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    def marks(canvas: Any, _document: Any) -> None:
        _page_number(canvas, paper.sheet)
        _draw_banners(canvas, paper.banners, text_width(paper.sheet))

    document.addPageTemplates([PageTemplate(id="paper", frames=[frame], onPage=marks)])
    document.build([bookmark(paper.title), *story], canvasmaker=PaperCanvas)
    return buffer.getvalue()


def _page_number(canvas: Any, sheet: tuple[float, float]) -> None:
    number = canvas.getPageNumber()
    if number > 1:
        canvas.setFont(REGULAR, BODY_SIZE)
        canvas.setFillColor(black)
        # the middle of the sheet's text width, halfway up the top margin
        middle = LEFT + text_width(sheet) / 2
        canvas.drawCentredString(middle, sheet[1] - TOP / 2 - BODY_SIZE / 3, str(number))


def _draw_banners(canvas: Any, texts: Sequence[str], width: float) -> None:
    """Framed red lines in the bottom margin and, for the eye that skims, none of them transparent (PDF/A)."""
    size, height = 11.0, 6.5 * mm
    for index, text in enumerate(texts):
        y = 9 * mm - index * (height + 1)
        canvas.setStrokeColor(_BANNER_RED)
        canvas.setFillColor(_BANNER_RED)
        canvas.setLineWidth(1)
        canvas.rect(LEFT, y, width, height, stroke=1, fill=0)
        canvas.setFont(BOLD, size)
        canvas.drawCentredString(LEFT + width / 2, y + height / 2 - size / 3, text)
