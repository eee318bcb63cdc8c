"""What a signature looks like on paper: its image, or drawn in the paper's own fonts where none is given."""

from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, NumberObject, StreamObject
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.colors import HexColor
from reportlab.platypus import Frame, KeepInFrame

from notices.archive import PaperCanvas
from notices.signature_image import SignatureImage
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


class _Picture(PdfContent):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """An image in the middle of a field; pyHanko's own class of this kind compresses it for every paper."""

    def __init__(self, image: SignatureImage, size: tuple[float, float]) -> None:
        super().__init__(box=BoxConstraints(width=size[0], height=size[1]))
        self._image, self._size = image, size

    def render(self) -> bytes:
        image, (width, height) = self._image, self._size
        alpha = self._stream("/DeviceGray", image.alpha)
        colours = self._stream("/DeviceRGB", image.colours)
        colours[NameObject("/SMask")] = self._ensure_writer.add_object(alpha)
        self.resources.xobject["/Picture"] = self._ensure_writer.add_object(colours)
        x, y = (width - image.width) / 2, (height - image.height) / 2
        return b"q %.2f 0 0 %.2f %.2f %.2f cm /Picture Do Q" % (image.width, image.height, x, y)

    def _stream(self, space: str, content: bytes) -> Any:
        names = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": space, "/Filter": "/FlateDecode"}
        wide, high = self._image.pixels
        numbers = {"/Width": wide, "/Height": high, "/BitsPerComponent": 8}
        entries = DictionaryObject(
            {NameObject(name): NameObject(value) for name, value in names.items()}
            | {NameObject(name): NumberObject(value) for name, value in numbers.items()}
        )
        return StreamObject(entries, encoded_data=content)


def picture(image: SignatureImage, size: tuple[float, float]) -> Any:
    """A stamp style that shows an image at its own size in the middle of a field of `size` points."""
    return _style(_Picture(image, size))


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
    return _style(_Drawing(canvas, size))


def _style(content: Any) -> Any:
    """The content alone, in the whole of the field."""
    whole = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MIN, margins=Margins.uniform(0)
    )
    return StaticStampStyle(
        border_width=0, background=content, background_layout=whole, background_opacity=1.0
    )
