"""One face of the paper's type as a PDF has it: a composite font whose file is made once per process.

ReportLab makes another subset for every document, which costs more than the rest of it. Here a glyph keeps
its number, so that text is encoded without knowing the document, and one file with every letter of Vietnamese
and of Latin-1 serves all documents. One with rarer letters gets a file of its own which holds them too.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont as FontFile
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, PDFZCompress
from reportlab.pdfbase.ttfonts import TTFont

_VOWELS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VIETNAMESE = {unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES}
_LATIN = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0x100)) if code != 0xAD}
_OTHER_PEOPLES = set("ĔĕĬĭŎŏŬŭČčƀɃ")  # names in Ede, Jarai, Bahnar
COMMON = frozenset(_VIETNAMESE | _LATIN | _OTHER_PEOPLES | set("đĐ–—‘’“”•…₫"))
_SYMBOLIC = 4  # ISO 32000-1, table 123: its glyphs are chosen by number, not by a standard encoding
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


@dataclass(frozen=True, slots=True)
class _Subset:
    """What a document embeds of a face, ready to be written."""

    name: str  # with the tag of its content
    file: bytes
    length: int
    unicode_map: bytes
    widths: str


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
        self._common = {letter: self._codes[letter] for letter in COMMON | {"\xa0"}}

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: ARG002, N802  # ReportLab's
        """Width in points."""
        return float(0.001 * size * sum(map(self._widths.__getitem__, text)))

    def encoded(self, text: str, document: Any) -> str:
        """The text as the glyphs' numbers, four hexadecimal digits each."""
        try:
            return "".join(map(self._common.__getitem__, text))
        except KeyError:
            self.state.setdefault(document, set()).update(set(text) - self._common.keys())
            return "".join(map(self._codes.__getitem__, text))

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
        face = self.face
        file = _stream(font.file, Length1=font.length)
        descriptor = PDFDictionary(
            {
                "Type": PDFName("FontDescriptor"),
                "FontName": PDFName(font.name),
                "Flags": _SYMBOLIC,
                "FontBBox": PDFArray(face.bbox),
                "ItalicAngle": face.italicAngle,
                "Ascent": face.ascent,
                "Descent": face.descent,
                "CapHeight": face.capHeight,
                "StemV": face.stemV,
                "FontFile2": doc.Reference(file),
            }
        )
        system = {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
        descendant = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("CIDFontType2"),
                "BaseFont": PDFName(font.name),
                "CIDSystemInfo": PDFDictionary(system),
                "CIDToGIDMap": PDFName("Identity"),
                "DW": face.defaultWidth,
                "W": font.widths,
                "FontDescriptor": doc.Reference(descriptor),
            }
        )
        mapping = _stream(font.unicode_map)
        name = doc.fontMapping[self.fontName][1:]
        whole = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": PDFName(font.name),
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray([doc.Reference(descendant)]),
                "ToUnicode": doc.Reference(mapping),
            }
        )
        doc.idToObject["BasicFonts"].dict[name] = doc.Reference(whole, name)

    @cached_property
    def _shared(self) -> _Subset:
        return self._subset(COMMON)

    def _subset(self, letters: frozenset[str]) -> _Subset:
        glyphs = {self._glyphs[letter]: letter for letter in sorted(letters - {"\xa0"}, reverse=True)}
        content = _file_of(self._content, frozenset(glyphs))
        digest = sha256(content).digest()
        tag = "".join(chr(ord("A") + octet % 26) for octet in digest[:6])
        return _Subset(
            name=f"{tag}+{self.face_name}",
            file=PDFZCompress.encode(content),
            length=len(content),
            unicode_map=PDFZCompress.encode(_unicode_map(glyphs).encode("ascii")),
            widths=_widths({glyph: self._widths[letter] for glyph, letter in sorted(glyphs.items())}),
        )


def _stream(compressed: bytes, **entries: int) -> Any:
    return PDFStream(PDFDictionary({"Filter": PDFName("FlateDecode"), **entries}), compressed)


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
