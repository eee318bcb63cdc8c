"""Body rows that several papers share: label and text, the vehicle, the act, where and when to come."""

from typing import Any

from notices.facts import Act, Appointment, Owner, Vehicle
from notices.typography import body, safe
from notices.wording import act_time, appointment_time

NONE = "Không có"


def row(label: str, text: str) -> Any:
    """One body paragraph, "label: text"."""
    return body(f"{safe(label)}: {safe(text)}")


def vehicle_row(vehicle: Vehicle) -> Any:
    text = f"{vehicle.kind}; {vehicle.plate}; {vehicle.plate_colour}"
    return row("Phương tiện (loại phương tiện, biển số, màu biển số)", text)


def person_rows(label: str, person: Owner) -> list[Any]:
    """Name, identity number and address of whom the paper speaks."""
    return [
        row(label, person.name),
        row("Số định danh cá nhân/Căn cước (nếu có)", person.identity_number or NONE),
        row("Địa chỉ", person.address),
    ]


def when_and_where(act: Act) -> Any:
    return row("Thời gian, địa điểm vi phạm", f"{act_time(act.at)}, tại {act.place}")


def come(appointment: Appointment) -> str:
    """The clause that tells when to come and where, as safe markup."""
    return (
        f"đúng {appointment_time(appointment.at)} có mặt tại trụ sở {safe(appointment.office)}, "
        f"địa chỉ: {safe(appointment.address)}"
    )
