"""Sums of money and whole numbers as papers write them: in figures, and in Vietnamese words."""

from notices.faults import NoticeFault

# Beyond this the language has no word of common use; no fine comes near it.
LIMIT = 10**18

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 10**9
_GROUPS = ((10**6, "triệu"), (10**3, "nghìn"), (1, ""))


def in_figures(number: int) -> str:
    """Such as "19.000.000": a point between thousands."""
    return f"{number:,}".replace(",", ".")


def dong_in_figures(amount: int) -> str:
    """Such as "19.000.000 đồng"."""
    return f"{in_figures(amount)} đồng"


def dong_in_words(amount: int) -> str:
    """Such as "Mười chín triệu đồng": one sentence's beginning, so a capital letter.

    Raises:
        NoticeFault: `number_range`, as `in_words`.
    """
    words = f"{in_words(amount)} đồng"
    return words[0].upper() + words[1:]


def in_words(number: int) -> str:
    """A whole number in Vietnamese words, small letters: 1005 is "một nghìn không trăm linh năm".

    Raises:
        NoticeFault: `number_range` where the number is negative or not below `LIMIT`.
    """
    if not 0 <= number < LIMIT:
        raise NoticeFault("number_range", f"{number} cannot be written in words")
    return " ".join(_words(number, follows=False)) or _DIGITS[0]


def _words(number: int, *, follows: bool) -> list[str]:
    """Words of a number; nothing for 0. What `follows` something larger names its empty hundreds and tens."""
    words: list[str] = []
    billions, rest = divmod(number, _BILLION)
    if billions:
        words = [*_words(billions, follows=follows), "tỷ"]
    for size, name in _GROUPS:
        group, rest = divmod(rest, size)
        if group:
            words += _group(group, full=follows or bool(words))
            words += [name] if name else []
    return words


def _group(group: int, *, full: bool) -> list[str]:
    """Words of 1 to 999; `full` says the hundreds even where there are none."""
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 0:
        return words + ((["linh"] if words else []) + [_DIGITS[units]] if units else [])
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    return words + ([_unit_after_tens(tens, units)] if units else [])


def _unit_after_tens(tens: int, units: int) -> str:
    """Units change their word behind tens: mốt and tư behind "mươi", lăm behind "mười" too."""
    if tens > 1 and units in {1, 4}:
        return "mốt" if units == 1 else "tư"
    return "lăm" if units == 5 else _DIGITS[units]
