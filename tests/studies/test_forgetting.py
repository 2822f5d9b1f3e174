"""Deleting a person's data."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studies.allocation import open_session
from studies.forgetting import forget as forget_now
from studies.models import Flag, LogLine, PersonalLink, Place, Report, Session, Study, Trial, Vote, Worker
from tests.factories_studies import NOON, choose_first, published_study

pytestmark = pytest.mark.django_db


def took_part(study: Study, channel_id: str) -> Worker:
    """A worker who answered one trial, reported one, and left one open, and told all that can be told."""
    worker = Worker.objects.known_as("local", channel_id)
    Worker.objects.filter(pk=worker.pk).update(plain_id=channel_id)
    PersonalLink.objects.create(study=study, worker=worker, channel_id=channel_id, name="Ada Lovelace")
    session = open_session(study, worker, rehearsal=False, now=NOON)
    Session.objects.update(demographics={"gender": "woman"}, comment="I am Ada.")
    first, second, _ = session.trials.all()
    first.record(choose_first(first), NOON)
    second.report_broken("Ada cannot see it.", NOON)
    return worker


@pytest.fixture
def study() -> Study:
    return published_study(prompts=3, withdrawal=Study.Withdrawal.KEEP)


@pytest.fixture
def worker(study: Study) -> Worker:
    return took_part(study, "ada")


def forget(worker: Worker) -> None:
    call_command("forget_worker", worker.pseudonym)


def test_votes_go_and_their_places_are_free(study: Study, worker: Worker) -> None:
    forget(worker)
    assert not Vote.objects.exists()
    assert not Place.objects.of(study, rehearsal=False).filter(free=False).exists()
    assert set(Trial.objects.values_list("state", flat=True)) == {Trial.State.GIVEN_BACK}


def test_nothing_that_the_person_told_is_left(worker: Worker) -> None:
    forget(worker)
    tables = (Worker, Session, PersonalLink, Report, LogLine)
    rows = str([list(table._default_manager.values()) for table in tables])
    assert not [told for told in ("ada", "Ada", "woman") if told in rows]


def test_nobody_can_come_back_as_that_worker(worker: Worker) -> None:
    forget(worker)
    assert not Worker.objects.called("local", "ada").exists()
    assert Session.objects.get().state == Session.State.WITHDRAWN


def test_the_log_says_so_by_pseudonym(study: Study, worker: Worker) -> None:
    forget(worker)
    line = LogLine.objects.get(study=study)
    assert (line.who, line.action, line.detail) == ("command line", "forget worker", worker.pseudonym)


def test_studies_are_locked_before_all_else_and_in_order(worker: Worker) -> None:
    took_part(published_study(), "ada")
    with CaptureQueriesContext(connection) as queries:
        assert forget_now(worker, "command line", NOON) == list(Study.objects.order_by("pk"))
    first = next(query["sql"] for query in queries if "SAVEPOINT" not in query["sql"])
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    assert 'FROM "studies_study"' in first
    assert first.endswith(f'ORDER BY "studies_study"."id" ASC{lock}')


def test_flags_go(study: Study, worker: Worker) -> None:
    Flag.objects.create(study=study, worker=worker, rule="tie share", value=100, threshold=90, raised_at=NOON)
    forget(worker)
    assert not Flag.objects.exists()


def test_other_workers_keep_what_they_gave(study: Study, worker: Worker) -> None:
    other = took_part(study, "grace")
    votes = Vote.objects.filter(trial__worker=other).count()
    forget(worker)
    other.refresh_from_db()
    assert other.is_called("grace")
    assert Vote.objects.filter(trial__worker=other).count() == votes
    assert other.personal_links.count() == 1
    assert other.sessions.get().comment == "I am Ada."


def test_an_unknown_pseudonym_is_an_error_that_says_where_to_look() -> None:
    with pytest.raises(CommandError, match="There is no worker “w0”"):
        call_command("forget_worker", "w0")
