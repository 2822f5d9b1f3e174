"""What leads to people goes after so many days from their study's closing, if nothing is open, and votes stay."""

from datetime import timedelta
from typing import Any

import pytest

from evalsite.retention.personal_data import forget_people, personal_data
from studies import actions
from studies.allocation import open_session
from studies.channels.mturk.models import Assignment, Hit, Intent, Posting
from studies.channels.prolific.models import ProlificStudy, Submission
from studies.models import PersonalLink, Report, Session, Study, Vote, Worker
from tests.factories_studies import NOON, PersonalLinkFactory, choose_first, published_study

pytestmark = pytest.mark.django_db

DAYS = 90
DUE = NOON + timedelta(days=DAYS)


@pytest.fixture(autouse=True)
def forgetting(settings: Any) -> None:
    settings.FORGET_DAYS = DAYS


def took_part(study: Study) -> Worker:
    """A worker of Mechanical Turk who voted, reported and commented."""
    worker = Worker.objects.known_as("mturk", "A1ADA", plain_id="A1ADA")
    session = open_session(study, worker, rehearsal=False, now=NOON)
    first, second, *_ = session.trials.all()
    first.record(choose_first(first), NOON)
    second.report_broken("I, Ada, see nothing.", NOON)
    Session.objects.filter(pk=session.pk).update(comment="I am Ada.", demographics={"gender": "woman"})
    return worker


@pytest.fixture
def study() -> Study:
    """A study that was closed at noon, with a person invited and a worker who took part."""
    made = published_study(prompts=2)
    PersonalLinkFactory.create(study=made, name="Ada Lovelace")
    took_part(made)
    actions.close(made, "ann", NOON)
    return made


def posted(study: Study, **fields: Any) -> Assignment:
    """An assignment of the study, approved and paid."""
    posting = Posting.objects.create(study=study, title="Images", reward_cents=10, state=Posting.State.CONFIRMED)
    hit = Hit.objects.create(
        posting=posting, number=1, max_assignments=1, hit_id="H1", state=Hit.State.DISPOSED, expires_at=NOON
    )
    told = {"status": "Approved", "accepted_at": NOON, "submitted_at": NOON, "answers": "<Ada/>", **fields}
    return Assignment.objects.create(hit=hit, assignment_id="1", worker=Worker.objects.get(plain_id="A1ADA"), **told)


def leads_to_ada() -> bool:
    tables = (PersonalLink, Session, Report, Assignment, Worker)
    return any(word in str(list(table._default_manager.values())) for table in tables for word in ("Ada", "ADA"))


def test_what_leads_to_people_goes_and_what_they_voted_stays(study: Study) -> None:
    posted(study)
    votes = list(Vote.objects.values())
    expected = "personal links: 1, comments: 1, texts of reports: 1, raw answers: 1, worker ids: 1"
    assert forget_people(DUE) == [f"“{study}”: {expected}"]
    assert not leads_to_ada()
    assert list(Vote.objects.values()) == votes != []
    assert Session.objects.get().demographics == {"gender": "woman"}
    line = study.log.first()
    assert line is not None
    assert (line.who, line.action, line.detail) == ("tidy", "forget people", expected)
    assert forget_people(DUE) == []


def test_it_is_known_before_and_nothing_goes_then(study: Study) -> None:
    assert [found.study for found in personal_data(DUE)] == [study]
    assert leads_to_ada()


@pytest.mark.parametrize("what", ["too early", "not set", "opened again", "closed again later"])
def test_nothing_goes_before_its_time(what: str, study: Study, settings: Any) -> None:
    now = DUE - timedelta(seconds=1) if what == "too early" else DUE
    if what == "not set":
        settings.FORGET_DAYS = 0
    if what in ("opened again", "closed again later"):
        actions.resume(study, "ann", NOON)
    if what == "closed again later":
        actions.close(study, "ann", NOON + timedelta(days=1))
    assert forget_people(now) == []
    assert leads_to_ada()


def test_a_study_waits_while_an_assignment_waits_for_its_decision(study: Study) -> None:
    assignment = posted(study, status="Submitted")
    assert forget_people(DUE) == []
    Assignment.objects.update(status="Approved")
    Intent.objects.create(posting=assignment.hit.posting, operation="SendBonus", key="bonus", by="ann", at=NOON)
    assert forget_people(DUE) == []
    Intent.objects.update(state=Intent.State.DONE)
    Hit.objects.update(state=Hit.State.ASSIGNABLE, expires_at=DUE)
    assert forget_people(DUE) == []
    Hit.objects.update(state=Hit.State.DISPOSED)
    assert len(forget_people(DUE)) == 1


def test_a_study_waits_while_a_submission_on_prolific_is_open(study: Study) -> None:
    there = ProlificStudy.objects.create(study=study, reward_cents=1, places=1, minutes=1, budget_cents=1, made_at=NOON)
    Submission.objects.create(prolific_study=there, prolific_id="1", status="AWAITING REVIEW", read_at=NOON)
    assert forget_people(DUE) == []
    Submission.objects.update(status="APPROVED")
    assert len(forget_people(DUE)) == 1


def test_an_id_stays_while_its_worker_takes_part_in_another_study(study: Study) -> None:
    other = published_study(prompts=2)
    took_part(other)
    forget_people(DUE)
    assert Worker.objects.filter(plain_id="A1ADA").count() == 1
    assert not PersonalLink.objects.filter(study=study).exists()
    actions.close(other, "ann", NOON)
    forget_people(DUE)
    assert not leads_to_ada()


def test_who_comes_back_is_the_same_worker_with_an_id_again(study: Study) -> None:
    forget_people(DUE)
    worker = Session.objects.get(study=study).worker
    assert Worker.objects.known_as("mturk", "A1ADA", plain_id="A1ADA") == worker
    worker.refresh_from_db()
    assert worker.plain_id == "A1ADA"
