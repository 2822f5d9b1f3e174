"""A worker that is killed while it saves one batch and draws the next."""

from pathlib import Path

from django.db import transaction

from generation.models import Batch, Image
from tests.faults.site import Outcomes, Site, assert_files, moments, outcomes, plan_run


def test_a_worker_killed_between_its_files_and_its_rows_is_followed_by_one_that_saves_both(
    site: Site, tiny_folder: Path, clean: Outcomes
) -> None:
    plan_run(tiny_folder)
    site.call()
    with transaction.atomic(), site.worker("killed"):
        list(Image.objects.select_for_update())  # rows that another holds let a worker store its files, and no more
        for _ in moments("the files of one batch, and a start at the other"):
            if len(site.images()) == 4 and not Batch.objects.filter(holder="").exists():
                break
    assert set(Image.objects.values_list("state", "sha256")) == {("queued", "")}
    with site.worker("next"):
        site.finish()
    assert outcomes() == clean
    assert_files()
    assert len(site.images()) == len(clean)  # what was left is what was made again
