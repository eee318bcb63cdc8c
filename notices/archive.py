"""What a file must hold to be archived: the rules of PDF/A-2b (ISO 19005-2), written in the one pass.

docs/pdfa.md lists the rules and tests/unit/notices/test_archive.py asserts each of them on the bytes.
"""

import struct
from functools import cache
from hashlib import sha256
from html import escape
from typing import Any

from PIL import ImageCms
from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFCatalog,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)
from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from notices.faults import NoticeFault
from notices.paragraph import number
from notices.typeface import PaperFont, Prepared, prepared_stream

LANGUAGE = "vi-VN"
PRODUCER = "Phạt Nguội"
_SRGB = "sRGB IEC61966-2.1"
_OUTPUT_INTENT = (
    f"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier ({_SRGB}) /Info ({_SRGB}) "
    "/DestOutputProfile %b >>"
).encode()
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def _stream(stream: Any, document: Any) -> bytes:
    """`PDFStream.format` with the end of line that must stand before `endstream` (ISO 19005-2, 6.1.7.1)."""
    dictionary, content = PDFDictionary(dict(stream.dictionary.dict)), stream.content
    if isinstance(content, str):
        content = content.encode("utf-8")
    if stream.filters and "Filter" not in dictionary.dict:
        for entry in reversed(stream.filters):
            content = entry.encode(content)
        dictionary["Filter"] = PDFArray([PDFName(entry.pdfname) for entry in stream.filters])
    dictionary["Length"] = len(content)
    return bytes(dictionary.format(document) + b"\nstream\n" + content + b"\nendstream\n")


# every stream of ReportLab passes here, also those that it makes while it writes
pdfdoc.PDFStream.format = _stream


class _Catalog(PDFCatalog):  # type: ignore[misc]  # ReportLab publishes no types
    """The document's root with what an archive asks for."""

    __NoDefault__ = (*PDFCatalog.__NoDefault__, "OutputIntents")
    __Refs__ = ("Pages", "Outlines", "Metadata")


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]  # the same
    """The information dictionary: exactly what the XMP says; no date, for a renderer has no clock."""

    def format(self, document: Any) -> bytes:
        entries = {"Title": self.title, "Author": self.author, "Producer": PRODUCER, "Creator": PRODUCER}
        words = PDFDictionary({name: PDFString(text) for name, text in entries.items()})
        return bytes(words.format(document))


class _Text(PDFTextObject):  # type: ignore[misc]  # the same
    """Text in the paper's own fonts that the canvas draws itself; paragraphs write theirs."""

    _curSubset: int  # noqa: N815  # ReportLab's

    def _formatText(self, text: str) -> str:  # noqa: N802
        font, document = getFont(self._fontname), self._canvas._doc  # noqa: SLF001  # ReportLab's own way
        if not isinstance(font, PaperFont):
            raise TypeError(f"{self._fontname} would not be embedded")
        chosen = ""
        if self._curSubset < 0:
            self._curSubset = 0
            chosen = f"{font.resource(document)} {number(self._fontsize)} Tf {number(self._leading)} TL "
        return f"{chosen}[<{font.encoded(text, document, self._fontsize)}>] TJ"


class PaperCanvas(Canvas):  # type: ignore[misc]  # the same
    """The pages of one archived file."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings | {"pdfVersion": (1, 7), "invariant": 1, "lang": LANGUAGE})
        document = self._doc
        catalog, document.info = _Catalog(), _Info()
        catalog.Pages, catalog.Outlines, catalog.Lang = document.Pages, document.Outlines, PDFString(LANGUAGE)
        document.Catalog = catalog
        self._digest = sha256()

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> _Text:  # noqa: N802
        return _Text(self, x, y, direction=direction)

    def drawn(self) -> tuple[bytes, dict[str, str]]:
        """What is on the page so far, for a form in another paper; and the face by each font's name in it.

        Raises:
            NoticeFault: `field_characters`, a letter is not in the file which every paper has of the face.
        """
        fonts = {name: getFont(registered) for registered, name in self._doc.fontMapping.items()}
        rare = set().union(*(font.rare(self._doc) for font in fonts.values()))
        if rare:
            raise NoticeFault("field_characters", f"not every paper can print {', '.join(sorted(rare))}")
        return "\n".join(self._code).encode("ascii"), {name: font.face_name for name, font in fonts.items()}

    def showPage(self) -> None:  # noqa: N802
        for code in self._code:
            self._digest.update(code.encode("utf-8"))
        super().showPage()

    def save(self) -> None:
        """Writes the file; what it says about itself is set by then."""
        if self._code:
            self.showPage()
        document = self._doc
        catalog, info = document.Catalog, document.info
        catalog.OutputIntents = PDFArray([document.Reference(Prepared(_OUTPUT_INTENT, Prepared(_profile())))])
        catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
        kind = {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}
        catalog.Metadata = PDFStream(PDFDictionary(kind), _metadata(info.title, info.author))
        identifier = self._digest.hexdigest()[:32].encode("ascii")
        document._ID = b"[<" + identifier + b"> <" + identifier + b">]"  # noqa: SLF001  # else from a clock
        super().save()


def _metadata(title: str, author: str) -> bytes:
    words = {"title": title, "author": author, "producer": PRODUCER, "language": LANGUAGE}
    return _XMP.format(**{name: escape(text, quote=False) for name, text in words.items()}).encode("utf-8")


@cache
def _profile() -> bytes:
    return prepared_stream(PDFZCompress.encode(srgb_profile()), b"/N 3 ")


def srgb_profile() -> bytes:
    """The sRGB profile that Little CMS makes ("No copyright, use freely"), without the time of making it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)  # ICC.1, 7.2.1: date and time of creation
    return bytes(profile)
