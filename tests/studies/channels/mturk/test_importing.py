"""The whole road of a page of its own: images in S3, the fields that the page sends, votes with the order it showed."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from django.utils import timezone
from pytest_django import Settings

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.confirming import confirm
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import ImpossibleReview
from studies.channels.mturk.managing import add_assignments
from studies.channels.mturk.models import Assignment, Hit, Intent, Posting, SharedImage
from studies.channels.mturk.polling import poll
from studies.channels.mturk.questions.errors import ImageHostRefused
from studies.channels.mturk.questions.order import shown_order
from studies.channels.mturk.questions_of_hits import comparisons_of, key_of
from studies.channels.mturk.quote import quote_for
from studies.exclusion import exclude
from studies.models import Place, Session, Study, Trial, Vote, Worker
from tests.studies.channels.mturk.postings import QUALIFIED, draft, published
from tests.studies.channels.mturk.questions.servers import answering, s3

pytestmark = pytest.mark.django_db
NAMES = ("correctness", "quality")


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    with s3() as address:
        yield address


@pytest.fixture
def posting(s3_url: str, study: Study, emulator: Emulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Posting:
    """A page of its own for the emulator, all three comparisons on it, its images in a bucket on this machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings.MTURK_ENDPOINT_URL, settings.S3_ENDPOINT_URL = emulator.url, s3_url
    client = boto3.client("s3", region_name="us-east-1", endpoint_url=s3_url)
    client.create_bucket(Bucket="pictures")
    return draft(study, form=Posting.Form.HTML, bucket="pictures", comparisons_per_hit=3)


def test_a_page_whose_signed_links_have_ended_is_not_opened_again(posting: Posting) -> None:
    published(posting, budget_cents=1000)
    hit, now = posting.hits.get(), timezone.now()
    add_assignments(posting, {hit.pk: 1}, "ann", now)  # while it can be found, its links last
    after = now + timedelta(seconds=posting.lifetime_seconds + 1)
    with pytest.raises(ImpossibleReview, match="ended, and with it the signed links"):
        add_assignments(posting, {hit.pk: 1}, "ann", after)
    Posting.objects.update(images_are_public=True)
    assert "1 more assignment" in add_assignments(posting, {hit.pk: 1}, "ann", after)


def fields_of(hit: Hit, assignment_id: str, position: str = "1") -> dict[str, str]:
    """What the page sends for a worker who chooses a position everywhere, as static/mturk/html_question.js names it."""
    fields = {"assignmentId": assignment_id, "comment": "Nice pictures."}
    for comparison in comparisons_of(hit):
        fields |= {f"{key_of(comparison)}.{name}": position for name in NAMES}
        fields[f"{key_of(comparison)}.seconds"] = "0.25"
    return fields


def hand_in(emulator: Emulator, hit: Hit, worker_id: str = "A1", position: str = "1", **changed: str) -> str:
    worker = emulator.worker(worker_id, **QUALIFIED)
    accepted = worker.accept(hit.hit_id)
    worker.submit(accepted.id, fields_of(hit, accepted.id, position) | changed)
    return accepted.id


def neutral(posting: Posting, trial: Trial) -> list[int]:
    """The conditions of a trial's images as the page holds them, before it puts them in the worker's order."""
    shared = SharedImage.objects.filter(posting=posting, image__comparison=trial.comparison).order_by("position")
    return list(shared.values_list("image__condition", flat=True))


def test_the_page_shows_images_from_s3_and_no_condition(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    (question,) = [hit.question for hit in emulator.market.hits.values()]
    assert question.count(".png?") == 6
    for word in ("Zebra", "Yak", "80000000", "70000000"):
        assert word not in question
    assert posting.shared_images.exclude(uploaded_at=None).count() == 6


def test_votes_are_imported_in_the_order_that_the_page_showed(emulator: Emulator, posting: Posting) -> None:
    hit = published(posting).hits.get()
    assignment_id = hand_in(emulator, hit, position="2")
    poll(posting, timezone.now())
    assert Trial.objects.counted().count() == 3
    for trial in Trial.objects.all():
        first, second = shown_order(assignment_id, key_of(trial.comparison), 2)
        conditions = neutral(posting, trial)
        assert trial.shown == [conditions[first], conditions[second]]
        assert set(trial.votes.values_list("condition", flat=True)) == {conditions[second]}
        assert trial.place is not None
        assert trial.place.shown == trial.shown


@pytest.mark.parametrize(("assignment_id", "order"), [("3A", [0, 1]), ("3B", [1, 0]), ("3C", [0, 1]), ("3D", [1, 0])])
def test_orders_worked_out_by_hand(assignment_id: str, order: list[int]) -> None:
    """FNV-1a and fmix32 by hand, modulo 2: an even hash leaves two images as they are, an odd one swaps them."""
    assert shown_order(assignment_id, "c0", 2) == order


def test_no_clear_winner_is_position_0(emulator: Emulator, posting: Posting) -> None:
    hand_in(emulator, published(posting).hits.get(), position="0")
    poll(posting, timezone.now())
    assert set(Vote.objects.values_list("condition", "no_clear_winner")) == {(None, True)}


def test_a_session_is_made_with_time_and_comment(emulator: Emulator, posting: Posting) -> None:
    assignment_id = hand_in(emulator, published(posting).hits.get())
    poll(posting, timezone.now())
    session, assignment = Session.objects.get(), Assignment.objects.get()
    assert (session.visit, session.state, session.rehearsal) == (assignment_id, Session.State.DONE, True)
    assert session.comment == "Nice pictures."
    assert (assignment.session, assignment.fault) == (session, "")
    seconds = [seconds for seconds in Trial.objects.values_list("visible_seconds", flat=True) if seconds is not None]
    assert max(seconds) <= min(0.25, assignment.seconds)  # never more than Mechanical Turk saw


def test_what_is_read_twice_counts_once(emulator: Emulator, posting: Posting) -> None:
    hit = published(posting).hits.get()
    hand_in(emulator, hit)
    poll(posting, timezone.now())
    hit.hint(timezone.now())
    poll(posting, timezone.now(), sweeps=True)
    assert (Assignment.objects.count(), Vote.objects.count()) == (1, 6)
    assert Trial.objects.progress(posting.study, rehearsal=True) == (3, 6)


@pytest.mark.parametrize(
    ("changed", "fault"), [({"position": "7"}, "the page offered 1, 2, 0"), ({"position": ""}, "this was not sent by the page")]
)
def test_what_the_page_did_not_offer_is_kept_but_does_not_count(
    emulator: Emulator, posting: Posting, changed: dict[str, str], fault: str
) -> None:
    hand_in(emulator, published(posting).hits.get(), **changed)
    poll(posting, timezone.now())
    assignment = Assignment.objects.get()
    assert fault in assignment.fault
    assert (assignment.session, Vote.objects.count(), Worker.objects.count()) == (None, 0, 1)
    assert Place.objects.of(posting.study, rehearsal=True).free().count() == 6


def test_answers_that_are_missing_do_not_count(emulator: Emulator, posting: Posting) -> None:
    hit = published(posting).hits.get()
    worker = emulator.worker("A1", **QUALIFIED)
    worker.submit(worker.accept(hit.hit_id).id, {"hello": "there"})
    poll(posting, timezone.now())
    assert "is missing: the page asks for it" in Assignment.objects.get().fault


def test_what_a_worker_judged_before_does_not_count_again_but_the_rest_does(emulator: Emulator, posting: Posting) -> None:
    hit = published(posting).hits.get()
    known = comparisons_of(hit)[0]
    worker = Worker.objects.known_as("mturk-emulator", "A1", plain_id="A1")
    place = Place.objects.of(posting.study, rehearsal=True).filter(comparison=known).first()
    assert place
    now = timezone.now()
    earlier = Session.objects.create(study=posting.study, worker=worker, rehearsal=True, started_at=now, last_seen_at=now)
    Trial.objects.create(
        session=earlier, worker=worker, place=place, comparison=known, number=1, shown=place.shown, state=Trial.State.DONE
    )
    hand_in(emulator, hit)
    poll(posting, now)
    counted = Trial.objects.counted().filter(worker=worker)
    assert sorted(counted.values_list("comparison", flat=True)) == sorted(one.pk for one in comparisons_of(hit))
    assert counted.filter(session__assignment__isnull=False).count() == 2


def test_who_took_part_in_an_earlier_study_does_not_count(emulator: Emulator, posting: Posting) -> None:
    worker = Worker.objects.known_as("mturk-emulator", "A1", plain_id="A1")
    posting.study.excluded_ids = worker.hashed_id
    posting.study.save()
    hand_in(emulator, published(posting).hits.get())
    poll(posting, timezone.now())
    assert "not taken part before" in Assignment.objects.get().fault
    assert Vote.objects.count() == 0


def test_answers_of_an_excluded_worker_are_kept_as_excluded(emulator: Emulator, posting: Posting) -> None:
    hit = published(posting).hits.get()
    worker = Worker.objects.known_as("mturk-emulator", "A1", plain_id="A1")
    now = timezone.now()
    Session.objects.create(study=posting.study, worker=worker, state="done", started_at=now, last_seen_at=now)
    exclude(posting.study, worker, "Always the first image.", "ann", now)
    hand_in(emulator, hit)
    poll(posting, now)
    assert Assignment.objects.get().session is not None  # kept: exclusions are of real votes, and these are a rehearsal
    assert Trial.objects.filter(worker=worker).count() == 3


def test_a_page_that_is_too_long_is_refused_in_the_quote(posting: Posting) -> None:
    prompt = posting.study.comparisons.wanted()[0].prompt
    type(prompt).objects.filter(pk=prompt.pk).update(text="a very long description " * 3000)
    (fault,) = quote_for(posting, timezone.now()).faults
    assert "longer than the 65,535 that Mechanical Turk takes: put fewer than 3 comparisons into a HIT" in fault


def test_a_bucket_without_cors_is_refused_in_the_quote(posting: Posting, settings: Settings) -> None:
    with answering(200, {"Content-Type": "image/png", "Content-Length": "0"}) as address:
        settings.S3_ENDPOINT_URL = address
        (fault,) = quote_for(posting, timezone.now()).faults
    assert "without the header Access-Control-Allow-Origin" in fault


def test_a_bucket_that_is_not_there_is_refused_in_the_quote(posting: Posting) -> None:
    Posting.objects.filter(pk=posting.pk).update(bucket="elsewhere")
    posting.refresh_from_db()
    (fault,) = quote_for(posting, timezone.now()).faults
    assert "could not be put into the bucket “elsewhere”" in fault


def test_no_hit_is_created_while_its_images_cannot_be_seen(
    emulator: Emulator, s3_url: str, posting: Posting, settings: Settings
) -> None:
    confirm(posting, 1000, quote_for(posting, timezone.now()).total, "ann", timezone.now())
    with answering(200, {"Content-Type": "image/png", "Content-Length": "0"}) as address:
        settings.S3_ENDPOINT_URL = address
        with pytest.raises(ImageHostRefused, match="Access-Control-Allow-Origin"):
            carry_out(posting)
    assert (len(emulator.market.hits), emulator.account.held_cents) == (0, 0)
    assert posting.intents.get(operation=Intent.Operation.CREATE_HIT).state == Intent.State.WANTED
    settings.S3_ENDPOINT_URL = s3_url
    posting.shared_images.update(uploaded_at=None)
    carry_out(posting)
    assert len(emulator.market.hits) == 1


def test_links_that_would_end_before_the_hit_are_refused_in_the_quote(posting: Posting) -> None:
    Posting.objects.filter(pk=posting.pk).update(lifetime_seconds=8 * 24 * 3600)
    posting.refresh_from_db()
    (fault,) = quote_for(posting, timezone.now()).faults
    assert "a presigned link lasts seven days" in fault


@pytest.mark.parametrize("fields", [{"practice_trials": 1}, {"design": Study.Design.ALONE}])
def test_a_page_of_its_own_asks_for_votes_alone(posting: Posting, fields: dict[str, object]) -> None:
    Study.objects.filter(pk=posting.study_id).update(**fields)
    posting.refresh_from_db()
    faults = quote_for(posting, timezone.now()).faults
    assert any("asks for votes alone" in fault for fault in faults)
