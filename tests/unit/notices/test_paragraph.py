"""Paragraphs as a reader gets them: lines that reach the margin, torn words, text that stays whole."""

from collections import defaultdict

import pypdfium2
import pytest

from notices.page import LEFT, PAGE_WIDTH, RIGHT, TEXT_WIDTH, Paper, build
from notices.paragraph import Paragraph, words_of
from notices.typography import BOLD, BOLD_ITALIC, ITALIC, REGULAR, body, body_style, centred, line, style
from tests.unit.notices.reading import pages, squeezed

SENTENCE = (
    "Cưỡng chế thi hành Quyết định xử phạt vi phạm hành chính số 09/QĐ-XPHC đối với ông/bà có tên sau đây, "
)


def rows(story: list[Paragraph]) -> list[tuple[float, float, str]]:
    """Left edge, right edge and text of every printed line, from the top, of the first page."""
    document = pypdfium2.PdfDocument(build(Paper("x", "y", ()), story))
    text = document[0].get_textpage()
    boxes = defaultdict(list)
    for index in range(text.count_chars()):
        letter = text.get_text_range(index, 1)
        if letter.strip():
            left, bottom, right, _top = text.get_charbox(index, loose=True)
            boxes[round(bottom / 4)].append((left, right, letter))
    document.close()
    found = sorted(boxes.items(), reverse=True)
    return [(min(b[0] for b in row), max(b[1] for b in row), "".join(b[2] for b in row)) for _y, row in found]


@pytest.mark.parametrize(
    "markup",
    [
        SENTENCE * 4,
        f"<b>Điều 1.</b> {SENTENCE * 4}",
        f"<b>1. Không chấp hành hiệu lệnh</b>, quy định tại {SENTENCE * 3}",
        f"<i>Căn cứ</i> {SENTENCE} <b>Tổng mức</b> tiền phạt của {SENTENCE * 2}",
    ],
)
def test_every_line_but_the_last_reaches_the_right_margin(markup: str) -> None:
    *lines, last = rows([body(markup)])
    assert len(lines) > 1
    for _left, right, _text in lines:
        assert right == pytest.approx(PAGE_WIDTH - RIGHT, abs=0.6)
    assert last[1] < PAGE_WIDTH - RIGHT - 5


def test_a_line_in_the_middle_has_as_much_room_on_both_sides() -> None:
    [(left, right, _text)] = rows([line("Kính gửi: Nguyễn Văn Mẫu", centred(13))])
    assert left - LEFT == pytest.approx(PAGE_WIDTH - RIGHT - right, abs=0.6)


@pytest.mark.parametrize("word", ["ấ" * 300, "x" * 40 + "ộ" * 90])
def test_a_word_longer_than_a_line_is_torn_and_loses_nothing(word: str) -> None:
    pdf = build(Paper("x", "y", ()), [body(f"Họ và tên: {word} hết")])
    assert squeezed(" ".join(pages(pdf))) == squeezed(f"Họ và tên: {word} hết")
    assert all(right <= PAGE_WIDTH - RIGHT + 0.6 for _left, right, _text in rows([body(f"a {word} b")]))


def test_a_word_may_go_on_in_another_face() -> None:
    assert words_of([(BOLD, "Điều 1"), (REGULAR, ", khoản 2")]) == [
        ((BOLD, "Điều"),),
        ((BOLD, "1"), (REGULAR, ",")),
        ((REGULAR, "khoản"),),
        ((REGULAR, "2"),),
    ]


def test_a_paragraph_is_torn_between_lines_and_its_parts_are_the_whole() -> None:
    paragraph = body(SENTENCE * 6)
    _width, height = paragraph.wrap(TEXT_WIDTH, 1000)
    leading = body_style().leading
    first, rest = paragraph.split(TEXT_WIDTH, 3.5 * leading)
    heights = [part.wrap(TEXT_WIDTH, 1000)[1] for part in (first, rest)]
    assert heights[0] == 3 * leading
    assert sum(heights) == pytest.approx(height)
    assert paragraph.split(TEXT_WIDTH, 1.5 * leading) == []
    assert paragraph.split(TEXT_WIDTH, height) == [paragraph]
    printed = rows([first, rest])
    assert printed[2][1] == pytest.approx(PAGE_WIDTH - RIGHT, abs=0.6)  # its last line is no last line
    assert printed[3][0] == pytest.approx(LEFT, abs=1)  # and the rest begins no paragraph


@pytest.mark.parametrize("face", [REGULAR, BOLD, ITALIC, BOLD_ITALIC])
@pytest.mark.parametrize("letter", ["Ê", "ô", "Ơ", "ư", "Č", "Y", "b"])
def test_a_mark_stands_over_its_own_letter(letter: str, face: str) -> None:
    """Ê̆, Ô̆, Ơ̆ and Ư̆ of Ede names: Unicode has no one code for them, nor the font one glyph."""
    written = f"{letter}\u0306"
    document = pypdfium2.PdfDocument(build(Paper("x", "y", ()), [line(f"a {written} k", style(13, face))]))
    text = document[0].get_textpage()
    read = text.get_text_range()
    left, bottom, right, top = text.get_charbox(read.index(letter))
    mark_left, mark_bottom, mark_right, _top = text.get_charbox(read.index("\u0306"))
    following = text.get_charbox(read.index("k"))
    assert squeezed(read) == squeezed(f"a {written} k")
    assert mark_bottom > top
    assert mark_right < following[0]
    if face in (REGULAR, BOLD) and letter not in "Ơư":  # a horn is no part of what a mark stands over
        assert mark_left + mark_right == pytest.approx(left + right, abs=0.5)
    assert bottom == pytest.approx(following[1], abs=0.5)


def test_marks_are_piled_and_the_text_stays_whole() -> None:
    text = "H'Wê̆ Ơ̆ Y̆́ B̆rôông tê̆n lơ̆m mư̆ ȃ̆"
    paragraphs = [body(f"{text} " * 12), body(f"<b>{text}</b> {text}"), line(text, centred(13))]
    printed = squeezed(" ".join(pages(build(Paper("x", "y", ()), paragraphs))))
    assert printed == squeezed(text) * 15


def test_markup_that_a_fact_holds_is_printed() -> None:
    assert rows([body("1 &lt; 2 &amp;amp; <b>đậm</b>")])[0][2] == "1<2&amp;đậm"
