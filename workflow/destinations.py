"""Where the post carries a letter: province and commune, as far as a free address tells them."""

import re
import unicodedata
from dataclasses import dataclass

# Units of NĐ 30/2020-style addresses, long and short; a district between them is passed over.
_PROVINCE = re.compile(r"(?:tỉnh\s+|thành phố\s+|t\.?p\.?\s*)", re.IGNORECASE)
_COMMUNE = re.compile(r"(phường|xã|thị trấn|đặc khu|p\.|x\.|tt\.)\s*(.+)", re.IGNORECASE)
_BEYOND = re.compile(r"(?:việt nam|\d+)\.?", re.IGNORECASE)  # the country, a postal code
_LONG = {"p.": "phường", "x.": "xã", "tt.": "thị trấn"}


@dataclass(frozen=True, slots=True)
class Destination:
    """Province without its kind ("Hồ Chí Minh") and commune with it ("phường Mẫu"); empty where not told."""

    province: str = ""
    commune: str = ""

    @property
    def known(self) -> bool:
        """Whether the address tells the province at least."""
        return bool(self.province)


def destination(address: str) -> Destination:
    """The last part of the address that names a commune, and its last part as the province.

    An address that names neither a commune nor the kind of its last part is of an unknown destination:
    nothing is guessed from a street or a house. The country and a postal code at its end are passed over.
    """
    # the paper prints without invisible characters (`notices.facts`)
    visible = "".join(sign for sign in address if unicodedata.category(sign) != "Cf")
    parts = [" ".join(part.split()) for part in unicodedata.normalize("NFC", visible).split(",")]
    while len(parts) > 1 and _BEYOND.fullmatch(parts[-1]):
        parts.pop()
    communes = [found for part in parts[:-1] if (found := _COMMUNE.fullmatch(part))]
    kind = _PROVINCE.match(parts[-1])
    if not parts[-1] or not (kind or communes):
        return Destination()
    commune = ""
    if communes:
        unit, name = communes[-1][1].lower(), communes[-1][2]
        commune = f"{_LONG.get(unit, unit)} {name}"
    return Destination(parts[-1][kind.end() if kind else 0 :], commune)


def postal_order(text: str) -> str:
    """Sorts as a list on paper does: without marks and capitals, house 9 before house 10."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"\d+", lambda digits: digits[0].zfill(8), letters)
