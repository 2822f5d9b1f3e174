"""Folders of results that no row names: of workers that were killed, and of studies that were deleted.

A worker puts a folder into its place before its row says so; hence only old ones go. Should one go that is needed after all,
its page finds it missing and has it computed again. What lies unfinished beside them, the next computation clears away.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from analysis.web.models import StudyResults

AGE = timedelta(days=1)
FOLDERS = "[!.]*/*/*"  # study, kind of votes, digest


def left_folders(now: datetime) -> Iterator[Path]:
    """The folders that may go."""
    named = {one.folder for one in StudyResults.objects.done().exclude(digest="")}
    for folder in Path(settings.RESULTS_ROOT).glob(FOLDERS):
        if folder not in named and datetime.fromtimestamp(folder.stat().st_mtime, UTC) < now - AGE:
            yield folder


def delete_left_folders(now: datetime) -> int:
    """Delete them; how many."""
    folders = list(left_folders(now))
    for folder in folders:
        shutil.rmtree(folder)
    return len(folders)
