"""What a notice's file says to its reader: the facts that are printed in it, and where its QR leads."""

import re
import unicodedata
from io import BytesIO

import pikepdf
import pypdfium2

from notices.faults import NoticeFault
from notices.notice_code import PrintedFacts, split_address
from notices.page import DEMO_BANNER, DRAFT_BANNER

# pdfium gives a hyphen at the end of a line as one of these
_LINE_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})
_DATED = r"(?P<dated>ngày\d{2}tháng\d{1,2}năm\d{4})"
# rows 9, 13, 14 of form 01/73 and the heading of its annex, as `notices.render` prints them, without blanks
_FACTS = re.compile(
    rf"{_DATED}THÔNGBÁO"
    r".*?Phươngtiện\(loạiphươngtiện,biểnsố,màubiểnsố\):[^;]*;(?P<plate>[^;]*);"
    r".*?Thờigian,địađiểmviphạm:(?P<time>\d\d:\d\d:\d\d,ngày\d\d/\d\d/\d{4}),tại(?P<place>.*?)"
    r"Hànhviviphạm:(?P<act>.*?)Biệnphápngănchặnđượcápdụng\(nếucó\):"
    r".*?\(KèmtheoThôngbáosố(?P<number>[^()]*?)(?P=dated)\)"
)
_PARSER_FAULTS = (pypdfium2.PdfiumError, pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError)


def printed_facts(pdf: bytes) -> PrintedFacts | None:
    """The facts that a notice prints, without blanks; None where the paper is no notice of form 01/73.

    Raises:
        NoticeFault: `pdf_unreadable`.
    """
    text = "".join(_pages(pdf))
    found = _FACTS.search(text)
    # the annex gives the number a clear end; the head must say the same
    if found is None or f"HạnhphúcSố:{found['number']}" not in text:
        return None
    return PrintedFacts(**found.groupdict())


def qr_address(pdf: bytes) -> str | None:
    """Where the QR leads, from the link that lies on it; None where a paper has none.

    Raises:
        NoticeFault: `pdf_unreadable`, or `code_unreadable` when there are several.
    """
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            links = [
                str(note.A.URI)
                for page in document.pages
                for note in page.obj.get("/Annots", [])
                if note.get("/Subtype") == "/Link" and "/URI" in note.get("/A", {})
            ]
    except _PARSER_FAULTS as error:
        raise NoticeFault("pdf_unreadable", f"{type(error).__name__}: {error}") from error
    codes = [link for link in links if split_address(link) is not None]
    if len(codes) > 1:
        raise NoticeFault("code_unreadable", "the paper carries several codes")
    return codes[0] if codes else None


def _pages(pdf: bytes) -> list[str]:
    """The text of each page without blanks, page number and banners, which the renderer draws first."""
    try:
        document = pypdfium2.PdfDocument(pdf)
        texts = [page.get_textpage().get_text_range() for page in document]
        document.close()
    except _PARSER_FAULTS as error:
        raise NoticeFault("pdf_unreadable", f"{type(error).__name__}: {error}") from error
    pages = []
    for number, text in enumerate(texts, 1):
        squeezed = _squeezed(text.translate(_LINE_HYPHENS))
        for banner in (DEMO_BANNER, DRAFT_BANNER):
            squeezed = squeezed.replace(_squeezed(banner), "")
        pages.append(squeezed.removeprefix(str(number)) if number > 1 else squeezed)
    return pages


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())
