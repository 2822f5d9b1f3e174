"""Pages of long lists: the keys first, then the rows of one page; and no further than anybody turns pages.

A database skips keys along an index in no time, where it would have to fetch and join every row that stands before the page.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST_LISTED = 50_000


if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:  # Django's own class takes no parameters
    AnyPaginator = Paginator


class KeysFirst(AnyPaginator):
    """Pages of the first MOST_LISTED rows of a queryset. related: what is fetched with each row."""

    def __init__(self, rows: "QuerySet[Any]", per_page: int, *, related: Sequence[str]) -> None:
        super().__init__(rows, per_page)
        self.rows, self.related = rows, related

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_LISTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than are listed."""
        return self._counted > MOST_LISTED

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = list(self.rows.values_list("pk", flat=True)[start : min(start + self.per_page, MOST_LISTED)])
        rows = self.rows.model._default_manager.select_related(*self.related).in_bulk(keys)
        return Page([rows[key] for key in keys], number, self)

    @cached_property
    def _counted(self) -> int:
        return self.rows.order_by()[: MOST_LISTED + 1].count()
