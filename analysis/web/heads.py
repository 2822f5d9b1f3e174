"""Heads of table columns that sort their table, by query parameters alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import QueryDict


@dataclass(frozen=True)
class Head:
    """A column's title, the address that sorts by it, and how it is sorted now: ascending, descending or not ("")."""

    title: str
    address: str
    direction: str


@dataclass(frozen=True)
class Order:
    """The column that a table is sorted by."""

    column: str
    is_descending: bool

    def __str__(self) -> str:
        return "-" * self.is_descending + self.column


def order_of(query: QueryDict, table: str, columns: Collection[str], default: str) -> Order:
    """The order that the query asks of a table: the name of a column, after “-” for descending; else the default."""
    asked = query.get(table, default)
    if asked.removeprefix("-") not in columns:
        asked = default
    return Order(asked.removeprefix("-"), asked.startswith("-"))


def heads_of(query: QueryDict, table: str, columns: Sequence[tuple[str, str]], order: Order) -> list[Head]:
    """The heads of columns given by name and title; that of the sorted column turns the order round."""
    return [_head(query, table, name, title, order) for name, title in columns]


def _head(query: QueryDict, table: str, name: str, title: str, order: Order) -> Head:
    is_sorted = name == order.column
    parameters = query.copy()
    parameters[table] = str(Order(name, is_sorted and not order.is_descending))
    direction = ("descending" if order.is_descending else "ascending") if is_sorted else ""
    return Head(title, f"?{parameters.urlencode()}#{table}", direction)
