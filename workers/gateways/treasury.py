"""The treasury's payment statements: each line one payment into the State budget.

UTF-8 CSV with the header transaction,decision_number,amount,paid_at; other columns may follow, one of them
decision_date (YYYY-MM-DD), since numbers begin anew every year. The amount is whole đồng, paid_at a past time
with its offset. Every line, the last one too, ends with a line break: a file cut short would otherwise tell
a smaller sum. The last line may be TOTAL,<lines>,<sum in đồng>.

As a folder, files come into `treasury/in/`. By HTTP the statement of a day is fetched into it:
GET <address>/statements?day=; there the TOTAL line is due, and a statement that does not add up is not taken,
unless bad lines can be what it lacks.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings

from workers.gateways.http import Client, Request
from workers.inbox import MAX_BYTES, InboxError
from workflow import clock
from workflow.payments import TreasuryLine

_COLUMNS = ["transaction", "decision_number", "amount", "paid_at"]
_DATE = "decision_date"
_AMOUNT = re.compile(r"[1-9][0-9]{0,11}")  # the sum of the largest file still fits into a column
_TOTAL = re.compile(r"TOTAL,([0-9]{1,9}),([0-9]{1,18}),*\r?\n")
_LONGEST = {"transaction": 64, "decision_number": 40}
_FIRST_YEAR = 2000
_AHEAD = timedelta(days=1)  # how far the treasury's clock may run before ours


class Treasury(Protocol):
    """Tells who paid."""

    def statement(self, day: date) -> str | None:
        """The whole statement of a day in Vietnam; None where statements come by themselves as files.

        Raises:
            GatewayUnavailable: the treasury cannot answer.
            BadContent: its statement does not add up.
            GatewayRefused: it has none of this day.
        """


def treasury() -> Treasury:
    """The treasury of this installation."""
    match settings.PHATNGUOI_TREASURY:
        case Path():
            return FolderTreasury()
        case address:
            return HttpTreasury(Client("treasury", address))


@dataclass(frozen=True, slots=True)
class FolderTreasury:
    """Somebody puts its files into treasury/in/."""

    def statement(self, day: date) -> str | None:  # noqa: ARG002  # it comes by itself
        """See `Treasury`."""
        return None


@dataclass(frozen=True, slots=True)
class HttpTreasury:
    """The treasury by HTTP. It only answers, so that asking again does no harm."""

    client: Client

    def statement(self, day: date) -> str | None:
        """See `Treasury`."""
        request = Request("GET", f"statements?day={day.isoformat()}", largest=MAX_BYTES)
        return self.client.call(request, _whole)


def _whole(raw: bytes) -> str:
    """Raises: ValueError: this is no whole statement."""
    text = raw.decode("utf-8-sig")
    try:
        reading = Reading.of(text)
    except InboxError as fault:
        raise ValueError(str(fault)) from fault
    if reading.total is None:
        raise ValueError("the statement has no TOTAL line: it may have been cut short")
    if not reading.all_there:
        raise ValueError(reading.fault())
    return text


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no payment; nothing of it was taken."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Total:
    """What a statement says of itself."""

    lines: int
    amount: int  # đồng


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement taken apart."""

    payments: tuple[TreasuryLine, ...]
    bad: tuple[BadLine, ...]
    total: Total | None

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Read a whole statement.

        Raises:
            InboxError: this is no payment file at all.
        """
        found = list(lines_of(text))
        return cls(
            tuple(line for line in found if isinstance(line, TreasuryLine)),
            tuple(line for line in found if isinstance(line, BadLine)),
            next((line for line in found if isinstance(line, Total)), None),
        )

    @property
    def amount(self) -> int:
        """Đồng of all good lines."""
        return sum(line.amount for line in self.payments)

    @property
    def all_there(self) -> bool:
        """Whether the statement has a total and all its lines; bad ones alone can be what the sum lacks."""
        if self.total is None or self.total.lines != len(self.payments) + len(self.bad):
            return False
        lacking = self.total.amount - self.amount
        return lacking >= 0 if self.bad else lacking == 0

    def fault(self) -> str:
        """Where the statement contradicts its own total, or nothing; a bad line counts without its sum."""
        read = Total(len(self.payments) + len(self.bad), self.amount)
        if self.total is None or read == self.total:
            return ""
        return (
            f"it says {self.total.lines} lines and {self.total.amount} đ, "
            f"but holds {read.lines} lines and {read.amount} đ"
        )


def lines_of(text: str) -> Iterator[TreasuryLine | BadLine | Total]:
    """Every line of a file but the header, empty ones left out; a total only as the last line.

    Raises:
        InboxError: this is no payment file at all.
    """
    rows = text.splitlines(keepends=True)
    header = [cell.strip() for cell in rows[0].split(",")] if rows else []
    if header[: len(_COLUMNS)] != _COLUMNS:
        raise InboxError(f"the first line must begin with {','.join(_COLUMNS)}")
    for number, row in enumerate(rows[1:], start=2):
        if not row.strip():
            continue
        if number == len(rows) and (total := _TOTAL.fullmatch(row)):
            yield Total(int(total[1]), int(total[2]))
            return
        try:
            yield _line(row, header)
        except (ValueError, csv.Error) as error:
            yield BadLine(number, row, str(error))


def _line(row: str, header: list[str]) -> TreasuryLine:
    if not row.endswith("\n"):
        raise ValueError("the line does not end: the file was cut short")
    cells = [cell.strip() for cell in next(csv.reader(io.StringIO(row), strict=True))]
    if len(cells) < len(_COLUMNS):
        raise ValueError(f"{len(cells)} columns where {len(_COLUMNS)} are due")
    values = dict(zip(header, cells, strict=False))
    for column, longest in _LONGEST.items():
        if not 0 < len(values[column]) <= longest:
            raise ValueError(f"{column} must have 1 to {longest} characters")
        if not values[column].isprintable():
            raise ValueError(f"{column} has characters that cannot be seen: {values[column]!r}")
    if not _AMOUNT.fullmatch(values["amount"]):
        raise ValueError(f"amount must be whole đồng above 0, not {values['amount']!r}")
    paid_at = datetime.fromisoformat(values["paid_at"])
    if paid_at.tzinfo is None:
        raise ValueError(f"paid_at must carry its offset, not {values['paid_at']!r}")
    if paid_at.year < _FIRST_YEAR or paid_at > clock.now() + _AHEAD:
        raise ValueError(f"paid_at must be a past time, not {values['paid_at']!r}")
    signed_on = date.fromisoformat(values[_DATE]) if values.get(_DATE) else None
    return TreasuryLine(
        values["transaction"], values["decision_number"], int(values["amount"]), paid_at, signed_on
    )
