"""What a signature looks like on paper: drawn in the paper's own fonts."""

from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.colors import HexColor
from reportlab.platypus import Frame, KeepInFrame

from notices.archive import PaperCanvas
from notices.typography import REGULAR, line, style
from notices.wording import hour_and_date

# NĐ 30/2020 Phụ lục I: a person's signature is blue, an organisation's seal red
PERSON_COLOUR, ORGANISATION_COLOUR = "#0B3D91", "#C00000"


class _Drawing(PdfContent):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """What a canvas drew, set in the fonts that the paper has already."""

    def __init__(self, canvas: PaperCanvas, size: tuple[float, float]) -> None:
        super().__init__(box=BoxConstraints(width=size[0], height=size[1]))
        self._code, self._faces = canvas.drawn()

    def render(self) -> bytes:
        fonts = self._ensure_writer.fonts_of_the_paper()
        self.resources.font.update({name: fonts[face] for name, face in self._faces.items()})
        return self._code


def look(lines: tuple[str, ...], at: datetime, size: tuple[float, float], colour: str) -> Any:
    """A stamp style of the given size in points: the lines, then the time of signing, framed in `colour`.

    Raises:
        NoticeFault: `field_characters`, a line has a letter that not every paper has.
    """
    width, height = size
    canvas = PaperCanvas(BytesIO(), pagesize=size, initialFontName=REGULAR)
    canvas.setStrokeColor(HexColor(colour))
    canvas.setLineWidth(0.8)
    canvas.rect(1.5, 1.5, width - 3, height - 3)
    small = style(8, textColor=colour)
    texts = [line(text, small) for text in (*lines, f"Thời gian ký: {hour_and_date(at)}")]
    frame = Frame(
        1.5, 1.5, width - 3, height - 3, leftPadding=4, rightPadding=3, topPadding=2, bottomPadding=2
    )
    frame.addFromList([KeepInFrame(width - 10, height - 7, texts, mode="shrink")], canvas)
    whole = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MIN, margins=Margins.uniform(0)
    )
    return StaticStampStyle(
        border_width=0, background=_Drawing(canvas, size), background_layout=whole, background_opacity=1.0
    )
