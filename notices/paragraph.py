"""Paragraphs of words in the paper's own faces: broken into lines, aligned, written in one piece.

ReportLab's own paragraph knows bullets, links, shaping and hyphens, and asks for each of them in every line.
A paper has none of them, and its text is most of the work.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.platypus import Flowable

# What stands between two blanks: texts, each with its face.
Word = tuple[tuple[str, str], ...]
# How far a blank may shrink so that one more word fits.
_SHRINKS = 0.05
_EVEN = 1e-8  # points


def words_of(parts: Iterable[tuple[str, str]]) -> list[Word]:
    """The words of texts, each with its face; a word may go on from one text into the next."""
    words: list[Word] = []
    goes_on = False
    for face, text in parts:
        if not text:
            continue
        found = text.split()
        if goes_on and found and not text[0].isspace():
            words[-1] += ((face, found.pop(0)),)
        words.extend(((face, word),) for word in found)
        goes_on = not text[-1].isspace()
    return words


class Paragraph(Flowable):  # type: ignore[misc]  # ReportLab publishes no types
    """Words in one size. It may be torn between two pages, but not after its first line."""

    def __init__(
        self, words: list[Word], style: ParagraphStyle, *, begins: bool = True, ends: bool = True
    ) -> None:
        super().__init__()
        self.style = style
        self._words = words
        # the parts of a torn paragraph: a later one has no first line, an earlier one no last
        self._begins, self._ends = begins, ends
        self._lines: list[tuple[float, list[Word]]] = []
        self.width = -1.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Breaks the words into lines; width and height in points."""
        if width != self.width:
            self.width = width
            self._lines = list(self._broken())
            self.height = len(self._lines) * self.style.leading
        return self.width, self.height

    def split(self, width: float, height: float) -> list["Paragraph"]:
        """What fits into the height and what does not; nothing where less than two lines would fit."""
        self.wrap(width, height)
        fitting = int(height / self.style.leading)
        if fitting <= 1:
            return []
        if len(self._lines) <= fitting:
            return [self]
        first, rest = (
            [word for _room, words in lines for word in words]
            for lines in (self._lines[:fitting], self._lines[fitting:])
        )
        return [
            Paragraph(first, self.style, begins=self._begins, ends=False),
            Paragraph(rest, self.style, begins=False, ends=self._ends),
        ]

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: N802, N803  # ReportLab's names
        """Writes the lines with the lower left corner at x and y; no state is left but colour and font."""
        style, document = self.style, canvas._doc  # noqa: SLF001  # ReportLab has no public call
        size = style.fontSize
        colour = style.textColor
        code = [f"BT {number(colour.red)} {number(colour.green)} {number(colour.blue)} rg"]
        left, base, chosen = 0.0, 0.0, ""
        start, top = x + style.leftIndent, y + self.height - size
        for index, (room, words) in enumerate(self._lines):
            at, stretch = self._placed(index, room, len(words) - 1)
            at, down = round(start + at, 3), round(top - index * style.leading, 3)
            code.append(f"{number(at - left)} {number(down - base)} Td")
            left, base = at, down
            before = ""  # a reader may drop what comes after the last text of an array
            for face, texts in _runs(words):
                font = getFont(face)
                if face != chosen:
                    code.append(f"{font.resource(document)} {number(size)} Tf")
                    chosen = face
                shown = [font.encoded(text, document, size) for text in texts]
                blank = font.encoded(" ", document, size)
                if not stretch:
                    code.append(f"[<{blank.join(shown)}>] TJ")
                    continue
                wider = number(-1000 * stretch / size)
                last = blank if not shown[-1] else ""
                text = f"{blank}> {wider} <".join(shown[:-1] if last else shown)
                code.append(f"[{before}<{text}{last}>] TJ")
                before = f"{wider} " if last else ""
        code.append("ET")
        canvas._code.append("\n".join(code))  # noqa: SLF001

    def _placed(self, index: int, room: float, blanks: int) -> tuple[float, float]:
        """How far a line is in, and how much wider its blanks are."""
        style = self.style
        inset = style.firstLineIndent if index == 0 and self._begins else 0.0
        stretches = style.alignment == TA_JUSTIFY and (index < len(self._lines) - 1 or not self._ends)
        if blanks and (room < -_EVEN or (stretches and room > _EVEN)):
            return inset, room / blanks
        return inset + (room / 2 if style.alignment == TA_CENTER else 0.0), 0.0

    def _broken(self) -> Iterator[tuple[float, list[Word]]]:
        """Each line with the room that its words leave in it."""
        style = self.style
        later = self.width - style.leftIndent - style.rightIndent
        limit = later - (style.firstLineIndent if self._begins else 0.0)
        scale = style.fontSize / 1000
        blank = getFont(style.fontName).units(" ") * scale
        line: list[Word] = []
        used = -blank
        for word in self._words:
            width = scale * sum([getFont(face).units(text) for face, text in word])
            if used + blank + width <= limit + _SHRINKS * blank * len(line):
                line.append(word)
                used += blank + width
                continue
            *heads, tail = _torn(word, limit - used - blank, later, scale) if width > limit else ((), word)
            for head in heads:
                if head:
                    line.append(head)
                    used += blank + scale * sum(getFont(face).units(text) for face, text in head)
                if line:
                    yield limit - used, line
                line, used, limit = [], -blank, later
            line = [tail]
            used = scale * sum(getFont(face).units(text) for face, text in tail)
        if line:
            yield limit - used, line


def number(value: float) -> str:
    """As a content stream has it, to a thousandth."""
    return f"{round(value, 3):g}"


def _runs(words: list[Word]) -> Iterator[tuple[str, list[str]]]:
    """What stands between two blanks, face by face; a blank belongs to the face before it."""
    face, texts = words[0][0][0], [words[0][0][1]]
    first = True
    for word in words:
        for index, (other, text) in enumerate(word):
            if first:
                first = False
            elif other == face:
                if index:
                    texts[-1] += text
                else:
                    texts.append(text)
            else:
                if not index:
                    texts.append("")
                yield face, texts
                face, texts = other, [text]
    yield face, texts


def _torn(word: Word, room: float, later: float, scale: float) -> list[Word]:
    """A word that is longer than a line, torn between letters: what fits into the room, then line by line."""
    parts: list[list[tuple[str, str]]] = [[]]
    for face, text in word:
        for letter in text:
            width = scale * getFont(face).units(letter)
            if width > room and (parts[-1] or len(parts) == 1):
                parts.append([])
                room = later
            room -= width
            part = parts[-1]
            if part and part[-1][0] == face:
                part[-1] = (face, part[-1][1] + letter)
            else:
                part.append((face, letter))
    return [tuple(part) for part in parts]
