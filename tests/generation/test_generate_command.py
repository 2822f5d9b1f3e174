import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from generation.management.commands.generate import START_A_WORKER
from generation.models import Image
from tests.factories_generation import ConditionFactory, PromptFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def run() -> None:
    RunFactory.create(name="mine", prompt_sets=[PromptFactory.create().prompt_set], conditions=[ConditionFactory.create()])


def test_a_run_is_queued_and_the_workers_are_called(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("generate", "mine")
    assert Image.objects.get().state == "queued"
    said = capsys.readouterr().out
    assert "1 images new, 1 queued, 1 batches called" in said
    assert START_A_WORKER in said


@pytest.mark.parametrize("page", ["README.md", "docs/operator.md"])
def test_the_pages_start_a_worker_as_the_command_says(page: str) -> None:
    assert START_A_WORKER in (settings.BASE_DIR / page).read_text(encoding="utf-8")


def test_an_unknown_run_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CommandError, match="no run “yours”; there are: “mine”"):
        call_command("generate", "yours")


def test_a_run_that_cannot_be_planned_says_why() -> None:
    brought = ConditionFactory.create(method="imported", checkpoint=None, settings={"name": "brought"})
    RunFactory.create(name="theirs", conditions=[brought])
    with pytest.raises(CommandError, match="imported: brought"):
        call_command("generate", "theirs")


def test_waiting_ends_with_the_reasons_of_what_failed() -> None:
    call_command("generate", "mine")
    Image.objects.update(state=Image.State.FAILED, reason="OutOfMemoryError: no memory left")
    with pytest.raises(CommandError, match="1 × OutOfMemoryError: no memory left"):
        call_command("generate", "mine", wait=True)


def test_failed_images_are_queued_again_only_on_request() -> None:
    call_command("generate", "mine")
    Image.objects.update(state=Image.State.FAILED, reason="OutOfMemoryError: no memory left")
    call_command("generate", "mine")
    assert Image.objects.get().state == "failed"
    call_command("generate", "mine", retry=True)
    assert Image.objects.get().state == "queued"
