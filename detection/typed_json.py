"""Frozen dataclasses to and from JSON values, strictly: exact keys, exact types, NFC text, aware UTC times.

A field's JSON name is its own name, or `metadata={"key": …}` where the name is a Python keyword.
Times are written as RFC 3339 in UTC with milliseconds and Z, and nothing else is read.
"""

import json
import math
import re
import types
import unicodedata
from collections.abc import Iterable
from dataclasses import Field, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Union, get_args, get_origin

MAX_TEXT = 1024  # characters: no name, reason or plate comes near it
MAX_INTEGER = 2**53 - 1  # beyond it JSON parsers disagree (RFC 8785)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


class JsonFault(ValueError):  # noqa: N818 - like PackageFault
    """A value that does not fit; the message names the key."""


def parse(raw: bytes) -> object:
    """JSON bytes to values, refusing what JSON parsers disagree about: duplicate keys, NaN, bad UTF-8.

    Raises:
        JsonFault: with what is wrong, in one line.
    """
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except JsonFault:
        raise
    except RecursionError as error:
        raise JsonFault("nested too deeply") from error
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError, integers of absurd length
        raise JsonFault(f"not JSON ({error})") from error


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonFault("the same key twice in one object")
    return found


def _no_constant(name: str) -> object:
    raise JsonFault(f"{name} is not a number")


def format_instant(moment: datetime) -> str:
    """An aware time as 2026-10-25T00:00:01.240Z; less than a millisecond is cut."""
    if moment.tzinfo is None:
        raise JsonFault("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(value: object) -> Any:
    """A dataclass (or a part of one) as JSON values."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if is_dataclass(value):
        return {_key(field): encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return value


def decode(kind: Any, value: object, where: str) -> Any:
    """A JSON value as `kind`: a dataclass, datetime, str, int, float, bool, Literal, tuple or `… | None`.

    Raises:
        JsonFault: naming the key (`where`) and what it should be.
    """
    if is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(kind, value, where)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(arg for arg in args if arg is not type(None))
        return None if value is None else decode(inner, value, where)
    if origin is Literal:
        if not isinstance(value, str) or value not in args:
            raise JsonFault(f"{where} must be one of {', '.join(args)}")
        return value
    if origin is tuple:
        return _decode_tuple(args, value, where)
    return _decode_scalar(kind, value, where)


def _decode_dataclass(kind: type[Any], value: object, where: str) -> Any:
    if not isinstance(value, dict):
        raise JsonFault(f"{where} must be an object")
    wanted = {_key(field): field for field in fields(kind)}
    _same_keys(wanted, value, where)
    return kind(
        **{field.name: decode(field.type, value[key], f"{where}.{key}") for key, field in wanted.items()}
    )


def _same_keys(wanted: Iterable[str], given: Iterable[str], where: str) -> None:
    if missing := sorted(set(wanted) - set(given)):
        raise JsonFault(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(set(given) - set(wanted)):
        raise JsonFault(f"{where} has unknown keys: {', '.join(unknown)[:200]!r}")


def _decode_tuple(args: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise JsonFault(f"{where} must be a list")
    kinds = (args[0],) * len(value) if args[-1] is Ellipsis else args
    if len(kinds) != len(value):
        raise JsonFault(f"{where} must have {len(kinds)} entries, not {len(value)}")
    return tuple(
        decode(one, item, f"{where}[{n}]") for n, (one, item) in enumerate(zip(kinds, value, strict=True))
    )


def _decode_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is datetime:
        return _decode_instant(value, where)
    if kind is str:
        return _decode_text(value, where)
    if kind is float and type(value) in (int, float):
        number = float(value)
        if math.isfinite(number):
            return number
    elif type(value) is kind and (kind is bool or abs(value) <= MAX_INTEGER):
        return value
    raise JsonFault(f"{where} must be {kind.__name__}, not {type(value).__name__}")


def _decode_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise JsonFault(f"{where} must be text, not {type(value).__name__}")
    if len(value) > MAX_TEXT:
        raise JsonFault(f"{where} is longer than {MAX_TEXT} characters")
    if not unicodedata.is_normalized("NFC", value) or any(
        unicodedata.category(c) in ("Cc", "Cs") for c in value
    ):
        raise JsonFault(f"{where} is not NFC text without control characters")
    return value


def _decode_instant(value: object, where: str) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise JsonFault(f"{where} must be a UTC time such as 2026-10-25T00:00:01.240Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise JsonFault(f"{where} is no time of the calendar") from error


def _key(field: Field[Any]) -> str:
    return str(field.metadata.get("key", field.name))
