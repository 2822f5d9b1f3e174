"""Whether a backup is of a newer or an older site than this one: their migrations tell."""

import platform
from collections.abc import Collection

import django
from django.db.migrations.loader import MigrationLoader

from evalsite.backup.engines import engine
from evalsite.backup.errors import OtherVersion

Migrations = Collection[tuple[str, str]]


def versions() -> dict[str, str]:
    """What this site runs on."""
    return {"python": platform.python_version(), "django": django.get_version(), "database": engine().server()}


def known_migrations() -> set[tuple[str, str]]:
    """The migrations of this version of the site."""
    return set(MigrationLoader(None).disk_migrations)


def refuse_newer(migrations: Migrations) -> None:
    """Raise OtherVersion if a database has migrations that this version does not know."""
    if unknown := sorted(set(migrations) - known_migrations()):
        names = ", ".join(f"{app} {name}" for app, name in unknown[:5])
        raise OtherVersion(
            f"The backup was made by a newer version of the site, whose migrations this one does not have ({names}). "
            "Install that version, or a later one, and restore with it."
        )
