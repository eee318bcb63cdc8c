"""How the decree writes dates, times and numbers of papers (NĐ 30/2020 Phụ lục I, in REFERENCE §2.4)."""

from datetime import date, datetime, timedelta, timezone

from notices.facts import Act, PaperNumber

# Việt Nam has one zone without summer time since 1975; a fixed offset needs no zone files on the machine.
VIETNAM = timezone(timedelta(hours=7))
DOTS = "……"


def decree_date(day: date) -> str:
    """Such as "ngày 05 tháng 01 năm 2026": days below 10 and months 1 and 2 carry a leading zero."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def dated_line(paper: PaperNumber) -> str:
    """Place and date at the top right; dots where a draft has no date yet."""
    if paper.dated is None:
        return f"{paper.place}, ngày {DOTS} tháng {DOTS} năm {DOTS}"
    return f"{paper.place}, {decree_date(paper.dated)}"


def full_number(paper: PaperNumber) -> str:
    """Such as "05/TB-PC08": numbers below 10 carry a leading zero; dots for a draft."""
    number = DOTS if paper.number is None else f"{paper.number:02d}"
    return f"{number}/{paper.symbol}"


def enclosed_with(kind: str, paper: PaperNumber) -> str:
    """What stands under the heading of an annex: the paper to which it belongs, with its number and date."""
    dated = "" if paper.dated is None else f" {decree_date(paper.dated)}"
    return f"(Kèm theo {kind} số {full_number(paper)}{dated})"


def appointment_time(moment: datetime) -> str:
    """Such as "08 giờ 00 ngày 15 tháng 12 năm 2026", in Vietnamese time."""
    local = moment.astimezone(VIETNAM)
    return f"{local:%H} giờ {local:%M} {decree_date(local.date())}"


def act_time(moment: datetime) -> str:
    """Such as "05:33:35, ngày 29/06/2023", the style of notices in use (REFERENCE §2.2 row 13)."""
    return f"{moment.astimezone(VIETNAM):%H:%M:%S, ngày %d/%m/%Y}"


def act_text(act: Act) -> str:
    """Row 14 of form 01/73: what was done, with article, clause and point."""
    return f"{act.behaviour}, quy định tại {act.law}"


def exact_time(moment: datetime) -> str:
    """The time of a picture to the millisecond, in Vietnamese time: "07:00:12,480"."""
    local = moment.astimezone(VIETNAM)
    return f"{local:%H:%M:%S},{local.microsecond // 1000:03d}"


def hour_and_date(moment: datetime) -> str:
    """Time of signing: ISO 8601 to the second, Vietnamese time (NĐ 30/2020 Phụ lục I)."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")
