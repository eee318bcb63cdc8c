"""Where a letter goes, told from a free address, and the order in which the post wants it."""

import unicodedata

import pytest

from workflow.destinations import Destination, destination, postal_order


@pytest.mark.parametrize(
    ("address", "province", "commune"),
    [
        ("Số 12 đường Số 3, khu phố 4, phường Mẫu, TP. Hồ Chí Minh", "Hồ Chí Minh", "phường Mẫu"),
        ("Số 12, P. Mẫu, Thành phố  Hồ Chí Minh", "Hồ Chí Minh", "phường Mẫu"),
        ("12 Lê Lợi, P.5, Quận 3, TP.HCM", "HCM", "phường 5"),
        ("Thôn 3, xã Ea Bŏk, tỉnh Đắk Lắk", "Đắk Lắk", "xã Ea Bŏk"),
        ("Đặc khu Phú Quốc, tỉnh An Giang", "An Giang", "đặc khu Phú Quốc"),
        ("1 Lê Lợi, Phường Mẫu, Thành phố Hồ Chí Minh, Việt Nam.", "Hồ Chí Minh", "phường Mẫu"),
        ("Thôn 3, xã Ea Bŏk, tỉnh Đắk Lắk, 630000, VIỆT NAM", "Đắk Lắk", "xã Ea Bŏk"),
        ("Việt Nam", "", ""),
        ("số 1, phường Hoàn Kiếm, Hà Nội", "Hà Nội", "phường Hoàn Kiếm"),
        ("1 phố Mẫu, TP Hà Nội", "Hà Nội", ""),
        ("1 đường Số 2", "", ""),
        ("phường Mẫu", "", ""),
        ("12 phố Huế, Hà Nội", "", ""),
        ("", "", ""),
        ("số 1, phường Mẫu,", "", ""),
    ],
)
def test_destination(address: str, province: str, commune: str) -> None:
    assert destination(address) == Destination(province, commune)


def test_an_address_in_decomposed_letters_goes_to_the_same_place() -> None:
    composed = "số 1, phường Mẫu, tỉnh Đắk Lắk"
    assert destination(unicodedata.normalize("NFD", composed)) == destination(composed)


def test_postal_order_is_that_of_people() -> None:
    streets = ["Số 10 An Dương", "số 9 An Dương", "Số 9 Ấn Độ", "Đa Kao", "Dương Nội"]
    assert sorted(streets, key=postal_order) == [
        "Đa Kao",
        "Dương Nội",
        "Số 9 Ấn Độ",
        "số 9 An Dương",
        "Số 10 An Dương",
    ]
