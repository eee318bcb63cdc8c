"""Things drawn at a fixed size: rules, QR codes, places for signatures."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName
from reportlab.platypus import Flowable, HRFlowable

from notices.qr import qr_rows

QR_QUIET_MODULES = 4  # ISO/IEC 18004 asks for four light modules around the symbol
_DARK = re.compile(rb"\x01+")
PERSON_PLACE = "signature-person"
ORGANISATION_PLACE = "signature-organisation"


class Drawn(Flowable):  # type: ignore[misc]  # ReportLab publishes no types
    """A box of fixed size whose content a function draws; its origin is the lower left corner."""

    def __init__(self, width: float, height: float, draw: Callable[[Any], None]) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.hAlign = "CENTER"
        self._draw = draw

    def draw(self) -> None:
        self._draw(self.canv)


def rule(length: float, *, space_before: float = 3.5, space_after: float = 0) -> Any:
    """A solid line, centred, 0.6 points thick; `length` in points."""
    return HRFlowable(
        width=length,
        thickness=0.6,
        color=black,
        spaceBefore=space_before,
        spaceAfter=space_after,
        hAlign="CENTER",
        lineCap="butt",
    )


def qr_code(text: str, size: float) -> Drawn:
    """A vector QR code of an address, error level M, `size` points wide with its quiet zone; also a link."""
    rows = qr_rows(text)
    modules = len(rows)
    scale = size / (modules + 2 * QR_QUIET_MODULES)
    boxes = " ".join(
        f"{start} {modules - row - 1} {end - start} 1 re"
        for row, bits in enumerate(rows)
        for start, end in _runs(bits)
    )
    edge = QR_QUIET_MODULES * scale
    # as one string: a call for each of the hundreds of boxes costs more than all text of the paper
    code = f"q {scale:.5f} 0 0 {scale:.5f} {edge:.5f} {edge:.5f} cm 0 0 0 rg {boxes} f Q"

    def draw(canvas: Any) -> None:
        canvas._code.append(code)  # noqa: SLF001  # ReportLab has no public call
        # who reads on a screen has nothing to scan with; F=4 (print) is what PDF/A asks of an annotation
        canvas.linkURL(text, (0, 0, size, size), relative=1, thickness=0, F=4)

    return Drawn(size, size, draw)


def _runs(bits: bytes) -> Iterator[tuple[int, int]]:
    """Runs of dark modules as (start, end): one rectangle each leaves no hairlines between modules."""
    return (run.span() for run in _DARK.finditer(bits))


def signature_places() -> Drawn:
    """Room for the person's signature and, left of it, the organisation's.

    The places are left in the file as named destinations of type FitR (PDF 32000-1, 12.3.2.3): a rectangle
    on a page, which the signing step reads. Nothing is drawn, so an unsigned print has room for ink and seal.
    """
    organisation, person, height = 41 * mm, 49 * mm, 25 * mm

    def draw(canvas: Any) -> None:
        document = canvas._doc  # noqa: SLF001  # ReportLab writes named destinations by no public call
        x, y = canvas.absolutePosition(0, 0)
        middle, right = x + organisation, x + organisation + person
        boxes = {ORGANISATION_PLACE: (x, y, middle, y + height), PERSON_PLACE: (middle, y, right, y + height)}
        document.Catalog.Dests = PDFDictionary(
            {
                name: PDFArray([document.thisPageRef(), PDFName("FitR"), *(round(edge, 2) for edge in box)])
                for name, box in boxes.items()
            }
        )

    return Drawn(organisation + person, height, draw)


def bookmark(title: str) -> Drawn:
    """Nothing on paper; readers list the place under this title."""

    def draw(canvas: Any) -> None:
        key = f"{canvas.getPageNumber()}:{title}"
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(title, key)

    return Drawn(0, 0, draw)


def writing_lines(count: int) -> Drawn:
    """Dotted lines over the whole width, eight millimetres apart, for words that are written by hand."""
    width, step = 165 * mm, 8 * mm

    def draw(canvas: Any) -> None:
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.6)
        canvas.setLineCap(1)
        canvas.setDash(0.1, 2.4)
        for number in range(count):
            y = number * step + 1
            canvas.line(0, y, width, y)

    return Drawn(width, count * step, draw)
