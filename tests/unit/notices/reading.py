"""A paper as its reader gets it: the text of its pages, and where each character stands."""

from collections.abc import Iterator

import pypdfium2
from reportlab.lib.pagesizes import A4

from notices.page import BOTTOM, LEFT, RIGHT, TOP


def pages(pdf: bytes) -> list[str]:
    """The text of each page, line breaks as spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return [" ".join(text.split()) for text in texts]


def squeezed(text: str) -> str:
    """Without any space: where a line ends is not the text's business."""
    return "".join(text.split())


def characters(pdf: bytes) -> Iterator[tuple[int, float, float, float, float]]:
    """Page and box (left, bottom, right, top) of every printed character."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document):
            text = page.get_textpage()
            for index in range(text.count_chars()):
                if not text.get_text_range(index, 1).isspace():
                    yield (number, *text.get_charbox(index))
    finally:
        document.close()


def assert_inside_the_page(pdf: bytes, sheet: tuple[float, float] = A4) -> None:
    """Nothing is printed over an edge: body between the margins, page number and banners in them."""
    page_width, page_height = sheet
    for number, left, bottom, right, top in characters(pdf):
        assert LEFT - 1 <= left <= right <= page_width - RIGHT + 1, (number, left, right)
        assert 0 <= bottom <= top <= page_height, (number, bottom, top)
        in_body = BOTTOM - 1 <= bottom <= top <= page_height - TOP + 1
        assert in_body or top < BOTTOM or bottom > page_height - TOP, (number, bottom, top)
