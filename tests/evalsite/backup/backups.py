"""Backups of the tests' own site."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management import call_command

from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import read_listing
from generation.models import Image
from tests.factories_generation import ImageFactory, png


def image() -> Image:
    """A done image with its file, and the file's checksum in its row."""
    made: Image = ImageFactory.create(with_file=True)
    made.sha256 = hashlib.sha256(png(seed=made.pk)).hexdigest()
    made.save()
    return made


def back_up(folder: BackupFolder, **options: Any) -> Path:
    """The generation that a backup makes."""
    call_command("backup", str(folder.path), **options)
    return folder.generations()[-1]


def listed(generation: Path) -> dict[str, str]:
    """The SHA-256 of every file of a generation, by its path."""
    return {entry.path: entry.sha256 for entry in read_listing(generation)}


def objects(folder: BackupFolder) -> set[str]:
    """The names of all that is kept."""
    return {path.name for path in folder.objects.rglob("*") if path.is_file()}
