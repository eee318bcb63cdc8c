"""Our QR symbols are those that segno would make, module by module."""

import random

import pytest
import segno

from notices.qr import qr_rows

ADDRESS = "https://phatnguoi.example/tra-cuu/PN7K-2M4Q-9XTR?d="


@pytest.mark.parametrize("length", [*range(60), 107, 110, 180, 186, 190, 213, 214, 331, 362, 500])
def test_a_symbol_is_the_one_that_segno_makes(length: int) -> None:
    letters = random.Random(length).choices("abcdefghijklmnopqrstuvwxyz0123456789-_?=/", k=length)
    text = ADDRESS + "".join(letters)
    expected = segno.make_qr(text, error="m", mask=3).matrix
    assert qr_rows(text) == [bytes(row) for row in expected]


@pytest.mark.parametrize("text", ["x", "http://a.b", "ab" * 7])
def test_short_texts_have_small_symbols(text: str) -> None:
    assert qr_rows(text) == [bytes(row) for row in segno.make_qr(text, error="m", mask=3).matrix]
