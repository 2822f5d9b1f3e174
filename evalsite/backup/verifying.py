"""Whether a backup is whole: every part and object that a generation names is there, and is what it says."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from evalsite.backup.errors import Damaged
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import Entry, Manifest, Part, part, read_listing
from evalsite.stored.side_by_side import side_by_side

MOST_TOLD = 10


def verify(folder: BackupFolder, generation: Path, manifest: Manifest) -> None:
    """Raise Damaged unless all of a generation can be restored."""
    parts = [_fault_of_part(generation, one) for one in (manifest.database, manifest.listing)]
    faults = [fault for fault in parts if fault] or list(_faults_of_objects(folder, generation))
    if faults:
        told = "\n".join(faults[:MOST_TOLD])
        more = f"\n… and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
        raise Damaged(
            f"Nothing was written, because generation {generation.name} is damaged:\n{told}{more}\n"
            "Restore another generation, or copy these files from another copy of the backup."
        )


def _fault_of_part(generation: Path, expected: Part) -> str:
    try:
        is_whole = part(generation / expected.name) == expected
    except OSError as error:
        return str(error)
    return "" if is_whole else f"{generation / expected.name} is not what the manifest says."


def _faults_of_objects(folder: BackupFolder, generation: Path) -> Iterator[str]:
    def fault(entry: Entry) -> str:
        try:
            with folder.object(entry.sha256).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return f"{entry.path}: {error}"
        return "" if digest == entry.sha256 else f"{entry.path}: {folder.object(entry.sha256)} is damaged."

    yield from filter(None, side_by_side(fault, read_listing(generation)))
