"""Synthetic workers on an emulator of Mechanical Turk, whose HITs a real server of the site answers."""

import pytest
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.polling import poll
from studies.models import Trial
from studies.publishing import add_votes
from studies.rehearsal.turkers import main
from tests.studies.channels.mturk.postings import draft, published
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def posting(live_server: LiveServer, mturk_emulator: Emulator, settings: Settings) -> Posting:
    """Three comparisons in two HITs, for two workers each, Masters alone."""
    settings.MTURK_ENDPOINT_URL, settings.SITE_URL = mturk_emulator.url, live_server.url
    return published(draft(published_study(), comparisons_per_hit=2))


def test_workers_do_all_hits_that_there_are(
    posting: Posting, mturk_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([mturk_emulator.url, "--workers", "2"]) == 0
    assert "2 synthetic voters answered 6 trials." in capsys.readouterr().out
    poll(posting, timezone.now())
    assert Assignment.objects.of(posting).filter(fault="").count() == 4
    assert Trial.objects.of(posting.study, rehearsal=True).counted().count() == 6


def test_no_more_hits_are_done_than_are_asked_for(posting: Posting, mturk_emulator: Emulator) -> None:
    main([mturk_emulator.url, "--workers", "1", "--first", "7", "--hits", "1"])
    assert poll(posting, timezone.now()).new_assignments == 1
    assert Assignment.objects.of(posting).get().worker.plain_id == "A7"


def test_a_hit_that_a_worker_may_not_answer_is_returned(posting: Posting, mturk_emulator: Emulator) -> None:
    add_votes(posting.study, 2)
    second = published(draft(posting.study))  # of the same comparisons, each in a HIT
    assert main([mturk_emulator.url, "--workers", "1"]) == 0
    assert (poll(posting, timezone.now()).new_assignments, poll(second, timezone.now()).new_assignments) == (2, 0)
    assert [hit.count("Accepted") for hit in mturk_emulator.market.hits.values()] == [0] * 5


def test_their_time_passes_on_the_emulators_clock(posting: Posting, mturk_emulator: Emulator) -> None:
    main([mturk_emulator.url, "--workers", "1", "--minutes", "5"])
    poll(posting, timezone.now())
    assert all(60 < one.seconds < 60 * 25 for one in Assignment.objects.of(posting))  # e^±1.6 around five minutes


def test_without_an_emulator_they_say_what_to_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["http://localhost:9"]) == 1
    assert "manage.py mturk_emulator" in capsys.readouterr().err
