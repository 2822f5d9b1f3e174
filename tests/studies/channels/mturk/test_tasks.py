import pytest
from django.test import Client

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.questions.errors import ImageHostRefused
from studies.channels.mturk.tasks import carry_out_posting, tend_postings
from studies.models import Study, Trial
from tests.studies.channels.mturk.postings import draft, published, work

pytestmark = pytest.mark.django_db


def test_tending_creates_and_reads(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    work(emulator, client, "A1", posting.hits.get(number=1).hit_id)
    tend_postings()
    assert Trial.objects.progress(posting.study, rehearsal=True).done == 1


def test_drafts_and_what_is_disposed_of_are_not_asked_about(emulator: Emulator, posting: Posting) -> None:
    tend_postings()
    assert emulator.requests == {}
    published(posting)
    Hit.objects.update(state=Hit.State.DISPOSED)
    emulator.requests.clear()
    tend_postings()
    assert emulator.requests == {}


def test_a_posting_in_trouble_keeps_no_other_from_being_tended(
    emulator: Emulator, client: Client, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = published(draft(study, max_assignments=1)), published(draft(study, max_assignments=1))
    Posting.objects.filter(pk=one.pk).update(environment_name="production")  # for which there are no keys here
    for file in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(file, "/nowhere")
    work(emulator, client, "A1", two.hits.get(number=1).hit_id)
    tend_postings()
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.trouble.startswith("No AWS keys were found")
    assert (two.trouble, two.hits.get(number=1).assignments.count()) == ("", 1)


def test_trouble_ends_with_its_reason(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    Posting.objects.filter(pk=posting.pk).update(trouble="The network is gone.")
    carry_out_posting(posting.pk)
    posting.refresh_from_db()
    assert posting.trouble == ""
    assert emulator.requests["ListReviewableHITs"] == 0


def test_what_was_handed_in_is_read_though_something_cannot_be_carried_out(
    emulator: Emulator, client: Client, posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(posting)
    work(emulator, client, "A1", posting.hits.get(number=1).hit_id)

    def away(*_: object) -> None:
        raise ImageHostRefused("The image host is away.")

    monkeypatch.setattr("studies.channels.mturk.tasks.carry_out", away)
    tend_postings()
    posting.refresh_from_db()
    assert posting.trouble == "The image host is away."
    assert Trial.objects.progress(posting.study, rehearsal=True).done == 1
