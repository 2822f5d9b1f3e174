"""Putting right what is missing or damaged: from a backup with the very same pixels, else by making it again."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.files.storage import default_storage

from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import IMAGES, read_listing
from evalsite.stored.checking import Checked
from evalsite.stored.named import Named
from evalsite.stored.on_disk import OnDisk, on_disk
from generation.models import Image
from generation.storage import store
from studies.models import ComparisonImage
from studies.publishing import pixels_alone

BY_HAND = "put it back from a backup (--from)"


def put_back(folder: BackupFolder, faulty: Iterable[Checked]) -> Iterator[tuple[Checked, bool]]:
    """Put faulty files back from a backup; each with whether the backup has it whole."""
    with _in_backup(folder) as known:
        for one in faulty:
            yield one, _put(folder, one.named, one.named.sha256 or known.get(IMAGES + one.named.name) or "")


@contextmanager
def _in_backup(folder: BackupFolder) -> Iterator[OnDisk]:
    """The SHA-256 of every file of the storage that a backup has; the newest, where generations differ."""
    with on_disk() as known:
        for generation in folder.generations():
            known.put((entry.path, entry.sha256) for entry in read_listing(generation))
        yield known


def _put(folder: BackupFolder, named: Named, sha256: str) -> bool:
    if not folder.has(sha256):
        return False
    content = folder.object(sha256).read_bytes()
    is_whole = hashlib.sha256(content).hexdigest() == sha256
    if is_whole:
        store().put(named.name, content)
    return is_whole


def make_again(faulty: Iterable[Checked]) -> Iterator[tuple[Checked, str]]:
    """Queue faulty images to be drawn again, and draw comparisons' from their sources; each with what was done, or is to be."""
    for one in sorted(faulty, key=lambda one: one.named.sha256 == ""):  # images first: others are drawn from them
        yield one, _of_image(one) or _of_comparison(one) or BY_HAND


def _of_image(one: Checked) -> str:
    """What was done for an image that workers can make; empty where the file is of something else."""
    images = Image.objects.filter(file=one.named.name, condition__checkpoint__isnull=False)
    if not images.update(state=Image.State.FAILED, reason=f"Of its file: {one.fault}.", file="", sha256=""):
        return ""
    default_storage.delete(one.named.name)  # what has its name must never be taken for it
    return "it is to be made again: `manage.py generate RUN --retry`"


def _of_comparison(one: Checked) -> str:
    """What was done for a comparison's image; empty where the file is of something else."""
    shown = ComparisonImage.objects.filter(file=one.named.name).select_related("source").first()
    if shown is None:
        return ""
    if not shown.source.file:
        return f"its source, “{shown.source}”, has to be made first; then call this again"
    store().put(one.named.name, pixels_alone(shown.source))
    return "it was drawn again from its source"
