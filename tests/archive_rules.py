"""The rules of PDF/A-2b (ISO 19005-2) that apply to a paper, each as one function that looks at the bytes.

docs/pdfa.md lists them by these names. A rule fails with an AssertionError that says what it found.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from PIL import ImageCms

PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"
PDF = "{http://ns.adobe.com/pdf/1.3/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
FILTERS = {"/FlateDecode", "/DCTDecode"}
# ISO 32000-1, Annex A, without those of inline images
OPERATORS = {
    *("b", "B", "b*", "B*", "BDC", "BMC", "BT", "BX", "c", "cm", "cs", "CS", "d", "d0", "d1", "Do", "DP"),
    *("EMC", "ET", "EX", "f", "F", "f*", "g", "G", "gs", "h", "i", "j", "J", "k", "K", "l", "m", "M", "MP"),
    *("n", "q", "Q", "re", "rg", "RG", "ri", "s", "S", "sc", "SC", "scn", "SCN", "sh", "T*", "Tc", "Td"),
    *("TD", "Tf", "Tj", "TJ", "TL", "Tm", "Tr", "Ts", "Tw", "Tz", "v", "w", "W", "W*", "y", "'", '"'),
}
COLOUR_OPERATORS = {"k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh"}


@dataclass(frozen=True)
class Drawn:
    """A content stream, its instructions (operator, operands) and its resources."""

    code: bytes
    instructions: tuple[tuple[str, list[Any]], ...]
    resources: Any


@dataclass(frozen=True)
class File:
    """The bytes, and the same as pikepdf reads them."""

    content: bytes

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        return pikepdf.open(BytesIO(self.content))

    @cached_property
    def objects(self) -> list[Any]:
        """Every dictionary and stream of the last revision, nested ones too."""
        return [found for top in self.pdf.objects for found in _inside(top)]

    @property
    def streams(self) -> list[Any]:
        return [each for each in self.pdf.objects if isinstance(each, pikepdf.Stream)]

    @cached_property
    def drawn(self) -> list[Drawn]:
        """What is drawn: pages and forms."""
        pages = [(page.Contents.read_bytes(), page, page.Resources) for page in self.pdf.pages]
        forms = [
            (stream.read_bytes(), stream, stream.Resources)
            for stream in self.streams
            if stream.get("/Subtype") == "/Form"
        ]
        return [
            Drawn(code, tuple(_instructions(drawn)), resources) for code, drawn, resources in pages + forms
        ]

    @cached_property
    def operators(self) -> set[str]:
        return {operator for each in self.drawn for operator, _ in each.instructions}

    @cached_property
    def fonts(self) -> list[Any]:
        return [each for each in self.objects if each.get("/Type") == "/Font" and "/Encoding" in each]

    @property
    def signatures(self) -> list[Any]:
        return [each for each in self.objects if each.get("/Type") == "/Sig"]

    @cached_property
    def xmp(self) -> Any:
        return ET.fromstring(self.pdf.Root.Metadata.read_bytes())  # noqa: S314  # of a file made here


def _instructions(stream: Any) -> Iterator[tuple[str, list[Any]]]:
    for instruction in pikepdf.parse_content_stream(stream):
        yield str(instruction.operator), list(instruction.operands)


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        yield value
        for key, each in value.items():
            if key != "/Parent" and isinstance(each, pikepdf.Object) and not each.is_indirect:
                yield from _inside(each)
    elif isinstance(value, pikepdf.Array):
        for each in value:
            if isinstance(each, pikepdf.Object) and not each.is_indirect:
                yield from _inside(each)


Rule = Callable[[File], None]
RULES: dict[str, tuple[str, Rule]] = {}


def rule(clause: str) -> Callable[[Rule], Rule]:
    """Enters a rule under its clause of ISO 19005-2."""

    def enter(function: Rule) -> Rule:
        RULES[function.__name__] = clause, function
        return function

    return enter


@rule("6.1.2")
def header_and_binary_comment(file: File) -> None:
    first, second = file.content.split(b"\n", 2)[:2]
    assert re.fullmatch(rb"%PDF-1\.[0-7]", first)
    assert second[:1] == b"%"
    assert len(second) > 4
    assert all(octet > 127 for octet in second[1:5])


@rule("6.1.3")
def trailer_has_identifier_and_no_encryption(file: File) -> None:
    for start in re.finditer(rb"trailer|/Type\s*/XRef", file.content):
        assert b"/ID" in file.content[start.start() : start.start() + 600]
    assert all(len(bytes(part)) == 16 for part in file.pdf.trailer.ID)
    assert "/Encrypt" not in file.pdf.trailer


@rule("6.1.3")
def nothing_after_the_end(file: File) -> None:
    assert re.search(rb"%%EOF[\r\n]{0,2}\Z", file.content)


@rule("6.1.4")
def cross_reference_table_is_spaced(file: File) -> None:
    tables = list(re.finditer(rb"(?<!start)xref(?P<after>.{0,40})", file.content, re.DOTALL))
    assert tables
    for table in tables:
        assert re.match(rb"(\r\n|\n|\r)\d+ \d+ ?(\r\n|\n|\r)", table["after"])


@rule("6.1.6")
def hexadecimal_strings_are_even(file: File) -> None:
    for each in file.drawn:
        for digits in re.findall(rb"(?<!<)<([0-9A-Fa-f\s]*)>(?!>)", each.code):
            assert len(b"".join(digits.split())) % 2 == 0


@rule("6.1.7.1")
def streams_are_framed_and_measured(file: File) -> None:
    framed = re.findall(rb"\nstream(\r\n|\n)", file.content)
    assert len(framed) == len(re.findall(rb"(?:\r\n|\n|\r)endstream", file.content))
    assert file.content.count(b"endstream") == len(framed)
    for found in re.finditer(rb"/Length (\d+)(?: (\d+) R)?[^>]*(?:>>[^>]*)*?>>\s*stream\r?\n", file.content):
        assert found[2] is None
        end = found.end() + int(found[1])
        assert re.match(rb"(\r\n|\n|\r)endstream", file.content[end : end + 12])
    assert not any({"/F", "/FFilter", "/FDecodeParms"} & set(stream.keys()) for stream in file.streams)


@rule("6.1.7.2")
def filters_are_those_of_the_standard_and_not_lzw(file: File) -> None:
    for stream in file.streams:
        named = stream.get("/Filter", [])
        names = {str(named)} if isinstance(named, pikepdf.Name) else {str(name) for name in named}
        assert names <= FILTERS


@rule("6.1.9")
def indirect_objects_are_spaced(file: File) -> None:
    starts = re.findall(rb"(.)(\d+ \d+ obj)(.)", file.content, re.DOTALL)
    assert starts
    assert {before + after for before, _, after in starts} == {b"\n\n"}
    assert len(starts) == len(re.findall(rb"[\r\n]endobj[\r\n]", file.content))


@rule("6.1.10")
def no_inline_images(file: File) -> None:
    assert not {"BI", "ID", "EI"} & file.operators


@rule("6.1.12")
def permissions_only_certify(file: File) -> None:
    assert set(file.pdf.Root.get("/Perms", {}).keys()) <= {"/DocMDP"}
    for signature in file.signatures:
        for reference in signature.get("/Reference", []):
            assert not {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(reference.keys())


@rule("6.1.13")
def limits_of_implementations(file: File) -> None:
    assert len(file.pdf.objects) < 8_388_607
    for page in file.pdf.pages:
        assert all(3 <= float(edge) <= 14_400 for edge in list(page.MediaBox)[2:])
    for drawn in file.drawn:
        depth = deepest = 0
        for operator, _ in drawn.instructions:
            depth += {"q": 1, "Q": -1}.get(operator, 0)
            deepest = max(deepest, depth)
        assert depth == 0
        assert deepest <= 28
    for each in file.objects:
        for key, value in each.items():
            assert len(key.encode()) <= 127
            assert not isinstance(value, pikepdf.String) or len(bytes(value)) <= 32_767


@rule("6.2.2")
def operators_and_resources_are_defined(file: File) -> None:
    assert file.operators <= OPERATORS
    for each in file.drawn:
        for operator, operands in each.instructions:
            kind = {"Tf": "/Font", "Do": "/XObject", "gs": "/ExtGState"}.get(operator)
            assert kind is None or str(operands[0]) in each.resources[kind]


@rule("6.2.3")
def one_output_intent_with_an_rgb_profile(file: File) -> None:
    (intent,) = file.pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert "/DestOutputProfileRef" not in intent
    assert int(intent.DestOutputProfile.N) == 3
    profile = intent.DestOutputProfile.read_bytes()
    assert int.from_bytes(profile[:4], "big") == len(profile)
    assert profile[8] < 5  # major version
    assert (profile[12:16], profile[16:20], profile[36:40]) == (b"mntr", b"RGB ", b"acsp")
    assert "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(profile)))


@rule("6.2.4.3")
def colours_fit_the_output_intent(file: File) -> None:
    assert not COLOUR_OPERATORS & file.operators
    for stream in file.streams:
        if stream.get("/Subtype") == "/Image":
            assert stream.ColorSpace in ("/DeviceRGB", "/DeviceGray")
    assert not any("/ColorSpace" in each.resources for each in file.drawn)


@rule("6.2.5")
def graphics_states_are_plain(file: File) -> None:
    for each in file.drawn:
        for state in each.resources.get("/ExtGState", {}).values():
            assert set(state.keys()) <= {"/CA", "/ca", "/Type"}


@rule("6.2.8")
def images_are_plain(file: File) -> None:
    for stream in file.streams:
        if stream.get("/Subtype") == "/Image":
            assert not {"/Alternates", "/OPI"} & set(stream.keys())
            assert not stream.get("/Interpolate", False)
            assert int(stream.BitsPerComponent) in (1, 2, 4, 8)


@rule("6.2.9")
def forms_hold_no_postscript_and_no_reference(file: File) -> None:
    for stream in file.streams:
        assert stream.get("/Subtype") != "/PS"
        if stream.get("/Subtype") == "/Form":
            assert not {"/OPI", "/PS", "/Ref", "/Subtype2"} & set(stream.keys())


@rule("6.2.10")
def only_images_are_transparent(file: File) -> None:
    """Those of ink signature and seal; the output intent gives the colour space in which they blend."""
    for each in file.objects:
        assert each.get("/S") != "/Transparency"
        if "/SMask" in each:
            assert each.Subtype == each.SMask.Subtype == "/Image"
            assert each.SMask.ColorSpace == "/DeviceGray"
            assert file.pdf.Root.OutputIntents
        assert each.get("/BM", "/Normal") == "/Normal"
        assert all(float(each.get(alpha, 1)) == 1 for alpha in ("/CA", "/ca"))


@rule("6.2.11.2")
def fonts_are_composite_truetype(file: File) -> None:
    assert file.fonts
    for font in file.fonts:
        assert (font.Subtype, font.Encoding) == ("/Type0", "/Identity-H")
        assert font.DescendantFonts[0].Subtype == "/CIDFontType2"
        assert font.BaseFont == font.DescendantFonts[0].BaseFont == _descriptor(font).FontName
        assert re.fullmatch(r"/[A-Z]{6}\+LiberationSerif(-\w+)?", str(font.BaseFont))
    for each in file.drawn:
        for font in each.resources.get("/Font", {}).values():
            assert font.Subtype == "/Type0"


@rule("6.2.11.3")
def cids_are_glyphs(file: File) -> None:
    for font in file.fonts:
        descendant = font.DescendantFonts[0]
        assert descendant.CIDToGIDMap == "/Identity"
        assert str(descendant.CIDSystemInfo.Registry) == "Adobe"
        assert str(descendant.CIDSystemInfo.Ordering) == "Identity"


@rule("6.2.11.4.1")
def every_font_is_embedded(file: File) -> None:
    for font in file.fonts:
        content = _descriptor(font).FontFile2.read_bytes()
        assert len(content) == int(_descriptor(font).FontFile2.Length1)
        assert "glyf" in TTFont(BytesIO(content))
    assert b"Helvetica" not in file.content


@rule("6.2.11.4.2")
def no_incomplete_list_of_cids(file: File) -> None:
    assert not any("/CIDSet" in _descriptor(font) for font in file.fonts)


@rule("6.2.11.5")
def widths_are_those_of_the_font(file: File) -> None:
    for font in file.fonts:
        program = TTFont(BytesIO(_descriptor(font).FontFile2.read_bytes()))
        advances, em = program["hmtx"].metrics, program["head"].unitsPerEm
        for glyph, width in _widths(font).items():
            assert abs(width - advances[program.getGlyphName(glyph)][0] * 1000 / em) < 1


@rule("6.2.11.7")
def text_can_be_read_back(file: File) -> None:
    for font in file.fonts:
        _, listed = font.ToUnicode.read_bytes().split(b"endcodespacerange")
        pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>\n", listed)
        mapped = {int(code, 16): int(letter, 16) for code, letter in pairs}
        assert len(mapped) > 90
        assert not {0, 0xFEFF, 0xFFFE} & set(mapped.values())
        assert _widths(font).keys() == mapped.keys()


@rule("6.2.11.8")
def no_text_without_a_glyph(file: File) -> None:
    shown = 0
    for each in file.drawn:
        outlines = set[int]()
        for operator, operands in each.instructions:
            if operator == "Tf":
                outlines = set(_widths(each.resources.Font[operands[0]]))
            elif operator in ("Tj", "TJ"):
                for part in operands if operator == "Tj" else operands[0]:
                    if isinstance(part, pikepdf.String):
                        code = bytes(part)
                        cids = {int.from_bytes(code[at : at + 2], "big") for at in range(0, len(code), 2)}
                        assert cids <= outlines
                        shown += len(code) // 2
    assert shown > 100


@rule("6.3")
def annotations_are_signatures_and_links_that_print(file: File) -> None:
    for each in file.objects:
        if each.get("/Type") == "/Annot":
            assert each.Subtype in ("/Widget", "/Link")
            assert int(each.F) & 0b100111 == 0b100  # print; not invisible, hidden, without a view
            if each.Subtype == "/Link":
                assert "/AP" not in each
                continue
            assert set(each.AP.keys()) == {"/N"}
            assert isinstance(each.AP.N, pikepdf.Stream)


@rule("6.4")
def forms_are_shown_as_they_are(file: File) -> None:
    form = file.pdf.Root.get("/AcroForm", pikepdf.Dictionary())
    assert not {"/XFA"} & set(form.keys())
    assert not form.get("/NeedAppearances", False)
    assert not file.pdf.Root.get("/NeedsRendering", False)


@rule("6.4.3")
def signatures_cover_the_file_before_them(file: File) -> None:
    for signature in file.signatures:
        first, length, second, rest = map(int, signature.ByteRange)
        assert first == 0
        assert file.content[length : length + 1] + file.content[second - 1 : second] == b"<>"
        assert second + rest <= len(file.content)


@rule("6.5")
def no_actions_but_of_links(file: File) -> None:
    for each in file.objects:
        assert not {"/AA", "/OpenAction", "/JS", "/JavaScript"} & set(each.keys())
        if "/A" in each:
            assert each.Subtype == "/Link"
            assert each.A.S == "/URI"
            assert not {"/Next", "/IsMap"} & set(each.A.keys())
        if each.get("/Type") == "/Action" or "/URI" in each:
            assert each.S == "/URI"


@rule("6.6.2")
def metadata_is_xmp(file: File) -> None:
    stream = file.pdf.Root.Metadata
    assert stream.Type == "/Metadata"
    assert stream.Subtype == "/XML"
    packet = stream.read_bytes().decode("utf-8")
    assert re.match(r'<\?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"\?>', packet)
    assert re.search(r'<\?xpacket end="[rw]"\?>\s*\Z', packet)
    (described,) = file.xmp.iter(f"{RDF}Description")
    assert {each.tag.partition("}")[0] + "}" for each in described} <= {PDFAID, DC, PDF, XMP}


@rule("6.6.3")
def metadata_and_information_agree(file: File) -> None:
    information = {key: str(value) for key, value in file.pdf.docinfo.items()}
    assert information == {
        "/Title": file.xmp.findtext(f".//{DC}title/{RDF}Alt/{RDF}li"),
        "/Author": file.xmp.findtext(f".//{DC}creator/{RDF}Seq/{RDF}li"),
        "/Producer": file.xmp.findtext(f".//{PDF}Producer"),
        "/Creator": file.xmp.findtext(f".//{XMP}CreatorTool"),
    }


@rule("6.6.4")
def metadata_names_part_and_level(file: File) -> None:
    assert file.xmp.findtext(f".//{PDFAID}part") == "2"
    assert file.xmp.findtext(f".//{PDFAID}conformance") == "B"


@rule("6.8")
def no_files_inside(file: File) -> None:
    assert "/Names" not in file.pdf.Root
    assert not any({"/EF", "/EmbeddedFiles"} & set(each.keys()) for each in file.objects)
    assert not any(each.get("/Type") == "/Filespec" for each in file.objects)


@rule("6.9 to 6.11")
def no_layers_presentations_or_requirements(file: File) -> None:
    assert not {"/OCProperties", "/Requirements", "/AlternatePresentations"} & set(file.pdf.Root.keys())
    assert not any({"/PresSteps", "/OC"} & set(each.keys()) for each in file.objects)


def _descriptor(font: Any) -> Any:
    return font.DescendantFonts[0].FontDescriptor


def _widths(font: Any) -> dict[int, float]:
    """The widths that a font states, by glyph."""
    listed = iter(font.DescendantFonts[0].W)
    return {
        int(first) + offset: float(width)
        for first, widths in zip(listed, listed, strict=True)
        for offset, width in enumerate(widths)
    }
