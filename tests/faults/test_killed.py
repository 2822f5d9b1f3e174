"""Workers that are killed in the midst of a batch, or of saving it."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from generation.models import Batch, Image
from tests.faults.site import Outcomes, Site, assert_files, moments, outcomes, plan_run, wait_until


def test_a_worker_killed_in_the_midst_of_a_batch_costs_its_lease(site: Site, tiny_folder: Path, clean: Outcomes) -> None:
    plan_run(tiny_folder)
    site.call()
    with site.worker("killed"):
        wait_until(lambda: Batch.objects.held(timezone.now()).exists(), "the worker to take a batch")
    assert set(Batch.objects.exclude(holder="").values_list("images__state", flat=True)) == {"queued"}
    with site.worker("next"):
        site.finish()
    assert outcomes() == clean
    assert_files()


def test_a_worker_killed_between_its_files_and_its_rows_is_followed_by_one_that_saves_both(
    site: Site, tiny_folder: Path, clean: Outcomes
) -> None:
    plan_run(tiny_folder)
    site.call()
    with transaction.atomic(), site.worker("killed"):
        list(Image.objects.select_for_update())  # rows that another holds let a worker store its files, and no more
        for _ in moments("the files of a batch"):
            if len(site.images()) == 4:
                break
    assert set(Image.objects.values_list("state", "sha256")) == {("queued", "")}
    with site.worker("next"):
        site.finish()
    assert outcomes() == clean
    assert_files()
    assert len(site.images()) == len(clean)  # what was left is what was made again
