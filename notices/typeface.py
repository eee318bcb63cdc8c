"""One face of the paper's type as a PDF has it: a composite font whose file is made once per process.

ReportLab makes another subset for every document, which costs more than the rest of it. Here a glyph keeps
its number, so that text is encoded without knowing the document, and one file with every letter of Vietnamese
and of Latin-1 serves all documents. One with rarer letters gets a file of its own which holds them too.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from io import BytesIO
from math import radians, tan
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont as FontFile
from reportlab.pdfbase.pdfdoc import PDFObject, PDFZCompress
from reportlab.pdfbase.ttfonts import TTFont

_VOWELS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VIETNAMESE = {unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES}
_LATIN = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0x100)) if code != 0xAD}
_OTHER_PEOPLES = set("ĔĕĬĭŎŏŬŭČčƀɃ")  # names in Ede, Jarai, Bahnar
COMMON = frozenset(_VIETNAMESE | _LATIN | _OTHER_PEOPLES | set("đĐ–—‘’“”•…₫"))
_SYMBOLIC = 4  # ISO 32000-1, table 123: its glyphs are chosen by number, not by a standard encoding
_WORDS = 20_000  # of which the widths are kept: papers say much in the same words
_ABOVE = 230  # of Unicode's classes of marks
_AIR = 30  # thousandths of the size between a letter and a mark over it
_MAPPINGS = 100  # in one block of a Unicode map, at most
_UNICODE_MAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{mappings}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Prepared(PDFObject):  # type: ignore[misc]  # ReportLab publishes no types
    """An object as the file has it, word for word; each `%b` in it is a reference to one of the others."""

    def __init__(self, written: bytes, *others: PDFObject) -> None:
        self._written, self._others = written, others

    def format(self, document: Any) -> bytes:
        if not self._others:
            return self._written
        return self._written % tuple(document.Reference(other).format(document) for other in self._others)


def prepared_stream(compressed: bytes, entries: bytes = b"") -> bytes:
    """A stream of bytes that zlib compressed."""
    head = b"<< /Filter /FlateDecode /Length %d %b>>" % (len(compressed), entries)
    return b"%b\nstream\n%b\nendstream\n" % (head, compressed)


@dataclass(frozen=True, slots=True)
class _Subset:
    """What a document embeds of a face: the font, what it rests on, the file, the Unicode map."""

    font: bytes
    descendant: bytes
    descriptor: bytes
    file: bytes
    unicode_map: bytes


class PaperFont(TTFont):  # type: ignore[misc]  # ReportLab publishes no types
    """A TrueType face for ReportLab, written as Type 0 with Identity-H (ISO 32000-1, 9.7)."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), shapable=False)
        self._content = path.read_bytes()
        # a blank that does not break prints, and reads back, as a blank
        self._glyphs = {chr(code): glyph for code, glyph in self.face.charToGlyph.items()}
        self._glyphs["\xa0"] = self._glyphs[" "]
        self._widths = {letter: self.face.getCharWidth(ord(letter)) for letter in self._glyphs}
        self._codes = {letter: f"{glyph:04X}" for letter, glyph in self._glyphs.items()}
        self._widths_of = lru_cache(_WORDS)(self._units)
        self._common = {letter: self._codes[letter] for letter in COMMON | {"\xa0"}}

    def units(self, text: str) -> float:
        """Width in thousandths of the size."""
        return self._widths_of(text)

    def _units(self, text: str) -> float:
        return float(sum(map(self._widths.__getitem__, text)))

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: ARG002, N802  # ReportLab's
        """Width in points."""
        return 0.001 * size * self._units(text)

    def encoded(self, text: str, document: Any, size: float) -> str:
        """The text as the glyphs' numbers, four hexadecimal digits each, for between `[<` and `>] TJ`."""
        try:
            return "".join(map(self._common.__getitem__, text))
        except KeyError:
            self.state.setdefault(document, set()).update(set(text) - self._common.keys())
            return "".join(self._set(text, size))

    def _set(self, text: str, size: float) -> Iterator[str]:
        """The letters, each mark that Unicode joins to none of them over the middle of its own."""
        letter, top = "", 0.0
        for sign in text:
            if not (letter and unicodedata.combining(sign)):
                letter, top = sign, self._boxes(sign)[3]
                yield self._codes[sign]
                continue
            left, bottom, right, height = self._boxes(sign)
            # a horn or a mark of the letter itself moves no middle
            stem = self._boxes(unicodedata.normalize("NFD", letter)[0])
            rise = 0.0
            if unicodedata.combining(sign) == _ABOVE:
                rise = max(top + _AIR - bottom, 0.0)
                top = height + rise
            slant = tan(radians(-self.face.italicAngle))
            lean = slant * (rise + (bottom + height) / 2 - (stem[1] + stem[3]) / 2)
            back = round(self._widths[letter] + (left + right) / 2 - (stem[0] + stem[2]) / 2 - lean)
            yield f">] TJ {rise * size / 1000:.3f} Ts [{back} <{self._codes[sign]}> {-back}] TJ 0 Ts [<"

    @cached_property
    def _boxes(self) -> Callable[[str], tuple[float, float, float, float]]:
        """Left, bottom, right and top of a letter's ink in thousandths of the size; nothing of a blank."""
        file = FontFile(BytesIO(self._content))
        shapes, scale = file["glyf"], 1000 / file["head"].unitsPerEm

        def box(letter: str) -> tuple[float, float, float, float]:
            shape = shapes[file.getGlyphName(self._glyphs[letter])]
            if not shape.numberOfContours:
                return 0.0, 0.0, self._widths[letter], 0.0
            return shape.xMin * scale, shape.yMin * scale, shape.xMax * scale, shape.yMax * scale

        return box

    @property
    def face_name(self) -> str:
        """The PostScript name."""
        return str(self.face.name.decode("ascii"))

    def rare(self, document: Any) -> set[str]:
        """Letters of the document that are not common."""
        return set(self.state.get(document, ()))

    def resource(self, document: Any) -> str:
        """The name under which pages of the document find the font, which it gets at its end."""
        name = document.fontMapping.get(self.fontName)
        if name is None:
            name = document.fontMapping[self.fontName] = f"/F{len(document.fontMapping) + 1}"
            document.delayedFonts.append(self)
        return str(name)

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # ReportLab's name
        """Writes the font into the document: itself, its descendant, descriptor, file and Unicode map."""
        rare = self.state.pop(doc, None)
        font = self._subset(COMMON | rare) if rare else self._shared
        descriptor = Prepared(font.descriptor, Prepared(font.file))
        descendant = Prepared(font.descendant, descriptor)
        name = doc.fontMapping[self.fontName][1:]
        whole = Prepared(font.font, descendant, Prepared(font.unicode_map))
        doc.idToObject["BasicFonts"].dict[name] = doc.Reference(whole, name)

    @cached_property
    def _shared(self) -> _Subset:
        return self._subset(COMMON)

    def _subset(self, letters: frozenset[str]) -> _Subset:
        glyphs = {self._glyphs[letter]: letter for letter in sorted(letters - {"\xa0"}, reverse=True)}
        content = _file_of(self._content, frozenset(glyphs))
        digest = sha256(content).digest()
        tag = "".join(chr(ord("A") + octet % 26) for octet in digest[:6])
        name = f"{tag}+{self.face_name}"
        widths = _widths({glyph: self._widths[letter] for glyph, letter in sorted(glyphs.items())})
        file, unicode_map = PDFZCompress.encode(content), PDFZCompress.encode(_unicode_map(glyphs).encode())
        face = self.face
        box = " ".join(f"{edge:.7g}" for edge in face.bbox)
        descriptor = (
            f"<< /Type /FontDescriptor /FontName /{name} /Flags {_SYMBOLIC} /FontBBox [{box}] "
            f"/ItalicAngle {face.italicAngle:g} /Ascent {face.ascent:.7g} /Descent {face.descent:.7g} "
            f"/CapHeight {face.capHeight:.7g} /StemV {face.stemV:g} /FontFile2 %b >>"
        )
        descendant = (
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/CIDToGIDMap /Identity /DW {face.defaultWidth:.7g} /W {widths} /FontDescriptor %b >>"
        )
        font = (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            "/DescendantFonts [%b] /ToUnicode %b >>"
        )
        return _Subset(
            font=font.encode(),
            descendant=descendant.encode(),
            descriptor=descriptor.encode(),
            file=prepared_stream(file, b"/Length1 %d " % len(content)),
            unicode_map=prepared_stream(unicode_map),
        )


def _file_of(font: bytes, glyphs: frozenset[int]) -> bytes:
    """A TrueType file with these glyphs under their old numbers; no instructions, for paper needs none."""
    options = subset.Options(
        retain_gids=True,
        hinting=False,
        notdef_outline=True,
        layout_features=[],
        drop_tables=["GDEF", "GPOS", "GSUB", "OS/2", "kern", "name", "post", "gasp", "FFTM"],
    )
    file = FontFile(BytesIO(font), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(gids=sorted(glyphs))
    cutter.subset(file)
    del file["cmap"]  # glyphs are chosen by number
    buffer = BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _widths(of_glyphs: dict[int, float]) -> str:
    """The array W (ISO 32000-1, 9.7.4.3): after the number of a first glyph, the widths from it on."""
    runs: list[tuple[int, list[str]]] = []
    for glyph, width in of_glyphs.items():
        if not runs or glyph != runs[-1][0] + len(runs[-1][1]):
            runs.append((glyph, []))
        runs[-1][1].append(f"{round(width, 3):.7g}")
    return "[" + " ".join(f"{first} [{' '.join(widths)}]" for first, widths in runs) + "]"


def _unicode_map(glyphs: dict[int, str]) -> str:
    entries = [
        f"<{glyph:04X}> <{letter.encode('utf-16-be').hex().upper()}>"
        for glyph, letter in sorted(glyphs.items())
    ]
    blocks = [entries[start : start + _MAPPINGS] for start in range(0, len(entries), _MAPPINGS)]
    mappings = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    return _UNICODE_MAP.format(mappings=mappings)
