"""One study on its own link, Prolific, a panel and Mechanical Turk at once: no place is given twice, and all is counted."""

import csv
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.hits_to_make import groups_of, reserve_places
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.opening import open_session
from studies.channels.mturk.visits import FIELD, Visit
from studies.confirmation import confirm
from studies.errors import NoPlaceLeft
from studies.export import vote_lines
from studies.models import Link, Place, Session, Study, Trial, Worker
from studies.models.trial import HOLDING
from tests.factories_studies import choose_first, fetch_images, study_with_places
from tests.studies.channels.frames import framed
from tests.studies.channels.mturk.postings import draft
from tests.studies.channels.panel.panels import address, panel_link
from tests.studies.channels.prolific.rows import planned
from tests.studies.test_races import _race
from tests.studies.visiting import BOXES, agree

pytestmark = pytest.mark.django_db(transaction=True)
COMPARISONS, VOTES, OF_MTURK = 2, 5, 2
OTHERS = VOTES - OF_MTURK  # places of each comparison for all other channels together


@pytest.fixture
def study() -> Study:
    """Rows alone: two comparisons of five places, two of which are kept for the workers of a HIT."""
    study = study_with_places(comparisons=COMPARISONS, votes_wanted=VOTES)
    posting = draft(study, environment_name="production", state=Posting.State.CONFIRMED, comparisons_per_hit=COMPARISONS)
    (group,) = groups_of(posting)
    reserve_places(posting, [group])
    Hit.objects.create(posting=posting, number=1, max_assignments=OF_MTURK, hit_id="H1").comparisons.set(group)
    planned(study)
    return study


def _by_link(link: str) -> Callable[[], str]:
    return lambda: str(agree(Client(), link).status_code)


def _by_mturk(name: str) -> Callable[[], str]:
    def come() -> str:
        worker = Worker.objects.known_as("mturk", name, plain_id=name)
        try:
            return open_session(Hit.objects.get(), worker, f"S{name}", timezone.now()).state
        except NoPlaceLeft:
            return "none left"

    return come


def _everybody(study: Study) -> list[Callable[[], str]]:
    """Two by each way: of six who do not come by Mechanical Turk, three find places."""
    prolific = urlsplit(Link.objects.get(study=study, channel="prolific").address).path
    panel = panel_link(study)
    ways = [study.link_path] * 2
    ways += [f"{prolific}?PROLIFIC_PID=P{number}&SESSION_ID=S{number}" for number in range(2)]
    ways += [address(panel, pid=f"P{number}", sub=f"S{number}") for number in range(2)]
    return [*map(_by_link, ways), _by_mturk("A1"), _by_mturk("A2")]


def _answer_all() -> None:
    for trial in Trial.objects.filter(state=Trial.State.OPEN):
        fetch_images(trial)
        trial.record(choose_first(trial), timezone.now())


def test_all_ways_at_once_share_the_places_out(study: Study) -> None:
    answers = Counter(_race(_everybody(study)))
    assert answers == {"302": OTHERS, "410": 6 - OTHERS, Session.State.OPEN: OF_MTURK}
    held = list(Trial.objects.filter(state__in=HOLDING).values_list("place", flat=True))
    assert sorted(held) == sorted(Place.objects.of(study, rehearsal=False).values_list("pk", flat=True))
    assert not Place.objects.filter(extra=True).exists()


def test_places_kept_for_mechanical_turk_are_nobody_else_s_and_the_other_way_round(study: Study) -> None:
    _race(_everybody(study))
    by_channel = Counter(
        (trial.worker.channel == "mturk", trial.place.reserved_for)
        for trial in Trial.objects.select_related("worker", "place")
        if trial.place
    )
    assert by_channel == {(True, "mturk"): COMPARISONS * OF_MTURK, (False, ""): COMPARISONS * OTHERS}


def test_a_double_click_on_start_in_the_frame_is_one_worker_and_one_session(study: Study) -> None:
    hit = Hit.objects.get(posting__study=study)
    sent = {**BOXES, FIELD: Visit("A1", "S1", hit.token).token}
    answers = _race([lambda: Client().post(framed(hit), sent).status_code] * 4)
    assert answers == [302] * 4
    assert (Worker.objects.count(), Session.objects.count(), Trial.objects.count()) == (1, 1, COMPARISONS)


def test_progress_counts_what_was_handed_in_and_the_file_says_where(study: Study) -> None:
    _race(_everybody(study))
    _answer_all()
    assert Trial.objects.progress(study, rehearsal=False) == (COMPARISONS * OTHERS, COMPARISONS * VOTES)
    for session in Session.objects.filter(worker__channel="mturk"):
        confirm(session, timezone.now())
    assert Trial.objects.progress(study, rehearsal=False) == (COMPARISONS * VOTES, COMPARISONS * VOTES)
    told = Counter(row["channel"] for row in csv.DictReader(vote_lines(study, rehearsal=False)))
    votes = {channel: 2 * number for channel, number in _trials_by_channel().items()}  # of two criteria
    assert told == votes
    assert (told["mturk"], told.total()) == (2 * COMPARISONS * OF_MTURK, 2 * COMPARISONS * VOTES)


def test_no_comparison_has_more_votes_than_are_wanted(study: Study) -> None:
    _race(_everybody(study))
    _answer_all()
    for session in Session.objects.filter(worker__channel="mturk"):
        confirm(session, timezone.now())
    counted = Trial.objects.of(study, rehearsal=False).counted().order_by().values_list("comparison", flat=True)
    assert set(Counter(counted).values()) == {VOTES}


def _trials_by_channel() -> Counter[str]:
    return Counter(Trial.objects.filter(state=Trial.State.DONE).values_list("worker__channel", flat=True))
