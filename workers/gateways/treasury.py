"""The treasury's payment files: `treasury/in/*.csv`, each line one payment into the State budget.

UTF-8 with the header transaction,decision_number,amount,paid_at (other columns may follow). The amount is
whole đồng, paid_at a time with its offset. Every line, the last one too, ends with a line break: a file cut
short would otherwise tell a smaller sum.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workers.inbox import InboxError
from workflow.payments import TreasuryLine

_COLUMNS = ["transaction", "decision_number", "amount", "paid_at"]
_AMOUNT = re.compile(r"[1-9][0-9]{0,14}")
_LONGEST = {"transaction": 64, "decision_number": 40}


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no payment; nothing of it was taken."""

    number: int
    text: str
    reason: str


def lines_of(text: str) -> Iterator[TreasuryLine | BadLine]:
    """Every line of a file but the header, empty ones left out.

    Raises:
        InboxError: this is no payment file at all.
    """
    rows = text.splitlines(keepends=True)
    if not rows or [cell.strip() for cell in rows[0].split(",")][: len(_COLUMNS)] != _COLUMNS:
        raise InboxError(f"the first line must begin with {','.join(_COLUMNS)}")
    for number, row in enumerate(rows[1:], start=2):
        if not row.strip():
            continue
        try:
            yield _line(row)
        except (ValueError, csv.Error) as error:
            yield BadLine(number, row, str(error))


def _line(row: str) -> TreasuryLine:
    if not row.endswith("\n"):
        raise ValueError("the line does not end: the file was cut short")
    cells = [cell.strip() for cell in next(csv.reader(io.StringIO(row), strict=True))]
    if len(cells) < len(_COLUMNS):
        raise ValueError(f"{len(cells)} columns where {len(_COLUMNS)} are due")
    values = dict(zip(_COLUMNS, cells, strict=False))
    for column, longest in _LONGEST.items():
        if not 0 < len(values[column]) <= longest:
            raise ValueError(f"{column} must have 1 to {longest} characters")
    if not _AMOUNT.fullmatch(values["amount"]):
        raise ValueError(f"amount must be whole đồng above 0, not {values['amount']!r}")
    paid_at = datetime.fromisoformat(values["paid_at"])
    if paid_at.tzinfo is None:
        raise ValueError(f"paid_at must carry its offset, not {values['paid_at']!r}")
    return TreasuryLine(values["transaction"], values["decision_number"], int(values["amount"]), paid_at)
