"""What a signature looks like on paper: a small page in our font, imported into the signature's field."""

from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, KeepInFrame

from notices.typography import REGULAR, line, style
from notices.wording import hour_and_date

# NĐ 30/2020 Phụ lục I: a person's signature is blue, an organisation's seal red
PERSON_COLOUR, ORGANISATION_COLOUR = "#0B3D91", "#C00000"


class _Page(PdfContent):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """The first page of a PDF in memory; pyHanko's own class of this kind reads files only."""

    def __init__(self, pdf: bytes, size: tuple[float, float]) -> None:
        super().__init__(box=BoxConstraints(width=size[0], height=size[1]))
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject["/Paper"] = page
        return b"/Paper Do"


def look(lines: tuple[str, ...], at: datetime, size: tuple[float, float], colour: str) -> Any:
    """A stamp style of the given size in points: the lines, then the time of signing, framed in `colour`."""
    width, height = size
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1, initialFontName=REGULAR)
    canvas.setStrokeColor(HexColor(colour))
    canvas.setLineWidth(0.8)
    canvas.rect(1.5, 1.5, width - 3, height - 3)
    small = style(8, textColor=colour)
    texts = [line(text, small) for text in (*lines, f"Thời gian ký: {hour_and_date(at)}")]
    frame = Frame(
        1.5, 1.5, width - 3, height - 3, leftPadding=4, rightPadding=3, topPadding=2, bottomPadding=2
    )
    frame.addFromList([KeepInFrame(width - 10, height - 7, texts, mode="shrink")], canvas)
    canvas.save()
    whole = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MIN, margins=Margins.uniform(0)
    )
    return StaticStampStyle(
        border_width=0,
        background=_Page(buffer.getvalue(), size),
        background_layout=whole,
        background_opacity=1.0,
    )
