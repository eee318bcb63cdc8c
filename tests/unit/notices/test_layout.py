"""NĐ 30/2020 Phụ lục I, measured on the pages: sheet, margins, faces, sizes, rules, spacing."""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from reportlab.lib.units import mm

from notices.forms.commune import render_commune
from notices.forms.invitation import render_invitation
from notices.forms.points import render_points
from notices.forms.transfer import render_transfer
from notices.render import render_notice, render_withdrawal
from tests import papers, sister_papers

PAPERS: dict[str, Callable[[], bytes]] = {
    "01/73": lambda: render_notice(papers.notice()),
    "withdrawal": lambda: render_withdrawal(papers.withdrawal()),
    "03/73": lambda: render_transfer(sister_papers.transfer()),
    "04": lambda: render_commune(sister_papers.commune()),
    "02/73": lambda: render_points(sister_papers.points()),
    "06": lambda: render_invitation(sister_papers.invitation()),
}
MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class Line:
    """A printed line of one style, in points from the lower left corner."""

    text: str
    size: float
    font: str
    left: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """The lines and the horizontal rules of a page."""

    size: tuple[float, float]
    lines: tuple[Line, ...]
    rules: tuple[tuple[float, float, float], ...]  # left, right, y

    def line(self, text: str) -> Line:
        return next(line for line in self.lines if line.text.startswith(text))

    def under(self, line: Line) -> float:
        """The length of the rule that stands less than nine points under a line."""
        (length,) = (
            right - left
            for left, right, y in self.rules
            if 0 < line.bottom - y < 9 and _meet(line, left, right)
        )
        return length


def _meet(line: Line, left: float, right: float) -> bool:
    return left < line.right and right > line.left


@cache
def page(name: str, number: int = 0) -> Page:
    document = pypdfium2.PdfDocument(PAPERS[name]())
    try:
        opened = document[number]
        return Page(opened.get_size(), tuple(_lines(opened)), tuple(_rules(opened)))
    finally:
        document.close()


def _lines(opened: pypdfium2.PdfPage) -> Iterator[Line]:
    text = opened.get_textpage()
    parts: list[tuple[str, float, str, tuple[float, float, float, float]]] = []
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        if character in "\r\n":
            if parts:
                yield _line(parts)
            parts = []
            continue
        size = round(pdfium.FPDFText_GetFontSize(text, index), 1)
        name = ctypes.create_string_buffer(100)
        pdfium.FPDFText_GetFontInfo(text, index, name, 100, None)
        parts.append((character, size, name.value.decode(), text.get_charbox(index, loose=True)))
    if parts:
        yield _line(parts)


def _line(parts: list[tuple[str, float, str, tuple[float, float, float, float]]]) -> Line:
    printed = [part for part in parts if not part[0].isspace()] or parts
    boxes = [part[3] for part in printed]
    return Line(
        "".join(part[0] for part in parts).strip(),
        printed[0][1],
        printed[0][2].rpartition("+")[2],
        min(box[0] for box in boxes),
        max(box[2] for box in boxes),
        min(box[1] for box in boxes),
    )


def _rules(opened: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float]]:
    for item in opened.get_objects(max_depth=4):
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            left, bottom, right, top = item.get_bounds()
            if top - bottom < 2 and right - left > 20:
                yield left, right, (top + bottom) / 2


@pytest.mark.parametrize("name", PAPERS)
def test_the_sheet_is_a4_upright(name: str) -> None:
    width, height = page(name).size
    assert (round(width / mm), round(height / mm)) == (210, 297)


@pytest.mark.parametrize("name", PAPERS)
def test_the_heads_have_their_sizes_faces_and_rules(name: str) -> None:
    sheet = page(name)
    country = sheet.line("CÔNG AN THÀNH PHỐ HỒ CHÍ MINH")
    assert 12 <= country.size <= 13
    assert country.font == "LiberationSerif"
    body = next(line for line in sheet.lines if "PHÒNG CẢNH SÁT GIAO THÔNG" in line.text)
    assert (body.size, body.font) == (12, "LiberationSerif-Bold")
    motto = next(line for line in sheet.lines if MOTTO in line.text)
    assert motto.size in {12, 13, 14}
    lengths = sorted(right - left for left, right, y in sheet.rules if y > 297 * mm - 40 * mm)
    short, long = lengths[:2]
    own = 0.6 * mm
    assert 1 / 3 <= short / _width("PHÒNG CẢNH SÁT GIAO THÔNG", 12) <= 1 / 2
    assert abs(long - _width(MOTTO, 13)) < own


def _width(text: str, size: float) -> float:
    from notices.typography import BOLD, width

    return width(text, BOLD, size)


@pytest.mark.parametrize("name", PAPERS)
def test_number_and_date_line(name: str) -> None:
    sheet = page(name)
    number = sheet.line("Số: ")
    assert (number.size, number.font) == (13, "LiberationSerif")
    assert number.text.split("/")[0].removeprefix("Số: ")[0] in "01"
    dated = next(line for line in sheet.lines if "TP. Hồ Chí Minh, ngày" in line.text)
    assert dated.size in {13, 14}


@pytest.mark.parametrize("name", PAPERS)
def test_the_title_is_bold_with_a_rule_of_a_third_to_a_half(name: str) -> None:
    sheet = page(name)
    index = next(
        n for n, line in enumerate(sheet.lines) if line.text in {"THÔNG BÁO", "PHIẾU CHUYỂN", "PHIẾU GỬI"}
    )
    title, subject = sheet.lines[index], sheet.lines[index + 1]
    for line in (title, subject):
        assert line.font == "LiberationSerif-Bold"
        assert 13 <= line.size <= 14
        middle = (line.left + line.right) / 2
        assert abs(middle - (30 * mm + 165 * mm / 2)) < 1
    assert 1 / 3 <= sheet.under(subject) / (subject.right - subject.left) <= 1 / 2


@pytest.mark.parametrize("name", PAPERS)
def test_the_body_is_thirteen_points_with_a_first_line_indent(name: str) -> None:
    sheet = page(name)
    act = sheet.line("Thời gian, địa điểm vi phạm")
    assert (act.size, act.font) == (13, "LiberationSerif")
    assert abs(act.left - (30 + 10) * mm) < 1
    following = sheet.lines[sheet.lines.index(act) + 1]
    assert abs(following.left - 30 * mm) < 1
    assert abs(act.right - 195 * mm) < 1, "justified: a line that goes on ends at the margin"
    pitch = act.bottom - following.bottom
    assert 1.0 * 13 <= pitch <= 1.5 * 13 * 1.15


@pytest.mark.parametrize("name", PAPERS)
def test_recipients_and_signature(name: str) -> None:
    sheet = page(name)
    heading = sheet.line("Nơi nhận:")
    assert heading.size == 12
    assert heading.font == "LiberationSerif-BoldItalic"
    entries = [line for line in sheet.lines if line.text.startswith("- ")]
    assert entries
    assert {line.size for line in entries} == {11}
    assert entries[-1].text.startswith("- Lưu:")
    name_of_signer = next(line for line in sheet.lines if "Thượng tá Nguyễn Thị Mẫu" in line.text)
    assert (name_of_signer.size, name_of_signer.font) == (13, "LiberationSerif-Bold")


def test_numbers_of_further_pages_stand_in_the_middle_of_the_top_margin() -> None:
    assert page("04").lines[0].text != "1"
    number = next(line for line in page("04", 1).lines if line.text == "2")
    assert 13 <= number.size <= 14
    assert number.bottom > (297 - 20) * mm
    assert abs((number.left + number.right) / 2 - (30 + 165 / 2) * mm) < 1


@pytest.mark.parametrize(("number", "printed"), [(1, "01"), (9, "09"), (10, "10"), (12345, "12345")])
def test_numbers_below_ten_carry_a_zero(number: int, printed: str) -> None:
    facts = sister_papers.transfer()
    pdf = render_transfer(replace(facts, paper=replace(facts.paper, number=number)))
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert f"Số: {printed}/PC-PC08" in document[0].get_textpage().get_text_range()
    finally:
        document.close()
