"""Rows that the database writes itself, by SQL that SQLite and PostgreSQL both understand but for what `Sql` says."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

DAYS = 14  # that the study has been running for


class Sql:
    """Statements that insert; they may use the parameters `start`, when the study began, and others that are given."""

    def __init__(self, **parameters: Any) -> None:
        self.is_postgresql = connection.vendor == "postgresql"
        self.parameters = {"start": (timezone.now() - timedelta(days=DAYS)).strftime("%Y-%m-%d %H:%M:%S"), **parameters}

    def json(self, text: str) -> str:
        return f"CAST({text} AS jsonb)" if self.is_postgresql else text

    def moment(self, seconds: str) -> str:
        """So many seconds after the start."""
        if self.is_postgresql:
            return f"CAST(%(start)s AS timestamptz) + ({seconds}) * interval '1 second'"
        return f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', %(start)s, '+' || ({seconds}) || ' seconds')"

    def insert(self, model: type[Model], columns: Mapping[str, str], source: str, before: str = "") -> None:
        """Rows of a SELECT: SQL by column; what is not named gets its field's default. before: what comes before INSERT."""
        fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.null]
        rest = [field for field in fields if field.column not in columns]
        given = {f"default_{field.column}": field.get_db_prep_save(field.get_default(), connection) for field in rest}
        selected = {**columns, **{str(field.column): f"%(default_{field.column})s" for field in rest}}
        names = ", ".join(map(connection.ops.quote_name, selected))
        statement = f"{before} INSERT INTO {model._meta.db_table} ({names}) SELECT {', '.join(selected.values())} {source}"
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self.parameters, **given})
