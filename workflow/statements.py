"""Rows read and written by SQL that is composed once: what every task does.

The ORM composes its SQL anew at every call, which takes several times as long as the database's answer.
Tables, columns and the conversion of values are the models' own; everything rarer uses the ORM.
"""

# ruff: noqa: S608, SLF001  # the names in the SQL are our own tables'; `_meta` and `_state` are how Django tells

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


def fetch(model: type[M], where: str, parameters: Sequence[Any], *, lock: bool = False) -> list[M]:
    """The rows for which a condition holds.

    Args:
        model: whose table.
        where: SQL for both databases, written in the program and never from outside; may end with an order.
        parameters: its values; times by `moment`.
        lock: until the transaction ends, where the database knows row locks.
    """
    locks = " FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    table = model._meta.db_table
    return returned(model, f"SELECT {columns(model)} FROM {table} WHERE {where}{locks}", parameters)


def returned(model: type[M], sql: str, parameters: Sequence[Any]) -> list[M]:
    """The rows of a statement that gives all `columns` of a model."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    names = [field.attname for field in _fields(model)]
    converters = _converters(model, connection.vendor)
    return [model.from_db(connection.alias, names, _converted(row, converters)) for row in rows]


@cache
def columns(model: type[Model]) -> str:
    """All columns of a model, for a SELECT or after RETURNING."""
    return ", ".join(f'"{field.column}"' for field in _fields(model))


def changed(sql: str, parameters: Sequence[Any]) -> int:
    """How many rows a statement changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        count: int = cursor.rowcount
    return count


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model in one statement; each is given its key, which the database counts."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in _fields(model) if not field.primary_key]
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, len(rows)), [_value(field, row) for row in rows for field in fields])
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = connection.alias


def insert_once(row: Model) -> None:
    """Insert a row, unless one that it must not stand beside stands there already: that one stays."""
    model = type(row)
    values = [_value(field, row) for field in _fields(model) if not field.primary_key]
    changed(f"{_into(model, 1)} ON CONFLICT DO NOTHING", values)


def update(row: Model, names: tuple[str, ...]) -> None:
    """Write these fields of a row that exists."""
    model = type(row)
    values = [_value(field, row) for field in _named(model, names)]
    changed(_update(model, names), [*values, row.pk])


def moment(at: datetime) -> Any:
    """A time as the database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def _value(field: "Field[Any, Any]", row: Model) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


@cache
def _fields(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    return tuple(model._meta.concrete_fields)


@cache
def _named(model: type[Model], names: tuple[str, ...]) -> "tuple[Field[Any, Any], ...]":
    fields = {field.name: field for field in _fields(model)}
    return tuple(fields[name] for name in names)


@cache
def _converters(model: type[Model], _vendor: str) -> tuple[tuple[int, Any, list[Callable[..., Any]]], ...]:
    """What makes the driver's values those of the fields, by their places."""
    found = []
    for place, field in enumerate(_fields(model)):
        column = field.get_col(model._meta.db_table)
        steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if steps:
            found.append((place, column, steps))
    return tuple(found)


def _converted(
    row: Sequence[Any], converters: tuple[tuple[int, Any, list[Callable[..., Any]]], ...]
) -> Sequence[Any]:
    if not converters:
        return row
    values = list(row)
    for place, column, steps in converters:
        for step in steps:
            values[place] = step(values[place], column, connection)
    return values


def _insert(model: type[Model], count: int) -> str:
    return f"{_into(model, count)} RETURNING {model._meta.pk.column}"


@cache
def _into(model: type[Model], count: int) -> str:
    names = [f'"{field.column}"' for field in _fields(model) if not field.primary_key]
    rows = ", ".join([f"({', '.join(['%s'] * len(names))})"] * count)
    into = f"{model._meta.db_table} ({', '.join(names)})"
    return f"INSERT INTO {into} VALUES {rows}"


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> str:
    sets = ", ".join(f'"{field.column}" = %s' for field in _named(model, names))
    return f"UPDATE {model._meta.db_table} SET {sets} WHERE {model._meta.pk.column} = %s"
