"""Rows that the record and the decision share: who did it, which acts, with which vehicle."""

from typing import Any

from notices.forms.sanction import ChargedAct, Violator, ViolatorKind
from notices.rows import NONE, row, vehicle_row, when_and_where
from notices.typography import body, safe

# Labels of name, number and address, by who is fined
_LABELS = {
    ViolatorKind.PERSON: ("Họ và tên", "Số định danh cá nhân/Căn cước", "Địa chỉ"),
    ViolatorKind.HOUSEHOLD: ("Chủ hộ", "Số định danh cá nhân/Căn cước", "Địa chỉ"),
    ViolatorKind.ORGANISATION: ("Tên tổ chức", "Mã số của tổ chức", "Địa chỉ trụ sở"),
}
_ADDRESSED = {
    ViolatorKind.PERSON: "ông/bà",
    ViolatorKind.HOUSEHOLD: "hộ gia đình, hộ kinh doanh do ông/bà làm chủ hộ",
    ViolatorKind.ORGANISATION: "tổ chức",
}


def addressed(violator: Violator) -> str:
    """How the papers speak of the violator: "ông/bà", "tổ chức"."""
    return _ADDRESSED[violator.kind]


def violator_rows(violator: Violator) -> list[Any]:
    """Name, number and address; the representative of an organisation where one is named."""
    name, number, address = _LABELS[violator.kind]
    rows = [
        row(name, violator.name),
        row(number, violator.identity_number or NONE),
        row(address, violator.address),
    ]
    if violator.representative is not None:
        rows.append(row("Người đại diện", violator.representative))
    return rows


def act_rows(charged: ChargedAct, place: int | None = None) -> list[Any]:
    """One act: behaviour and law, then when and where, with what, and what saw it.

    `place` is its number in the handling, where there are several.
    """
    act = charged.act
    number = "" if place is None else f"{place}. "
    rows = [
        body(f"<b>{number}{safe(act.behaviour)}</b>, quy định tại {safe(act.law)}."),
        when_and_where(act),
        vehicle_row(charged.vehicle),
    ]
    if charged.device is not None:
        certificate = "" if charged.certificate is None else f"; giấy chứng nhận: {charged.certificate}"
        rows.append(row("Thiết bị ghi nhận", f"{charged.device}{certificate}"))
    return rows


def numbered(count: int) -> list[int | None]:
    """The numbers of the acts of a handling: none where there is only one."""
    return [None] if count == 1 else list(range(1, count + 1))


def counted(count: int) -> str:
    """Such as "03 hành vi"; one act is not counted."""
    return "hành vi" if count == 1 else f"{count:02d} hành vi"
