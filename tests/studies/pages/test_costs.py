"""What one trial costs the database and the worker's line."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from studies.models import Trial
from tests.studies.visiting import ANSWERS, address_of, first_trial, image_address, look, vote
from tests.world_study import PROMPTS, published_study

pytestmark = pytest.mark.django_db
MOST_BYTES = 60_000


@pytest.fixture
def trial(client: Client) -> Trial:
    """The second of a session's trials, never shown; what trials have in common was read for the first."""
    study = published_study(conditions=4, prompts=PROMPTS)
    first = first_trial(client, study)
    vote(client, first)
    return first.session.trials.get(number=2)


def test_a_page_takes_three_queries(client: Client, trial: Trial, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):  # the trial with all around it; shown at; the session's trials
        client.get(address_of(trial))


def test_an_image_takes_two_queries(client: Client, trial: Trial, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    address = image_address(trial)
    with django_assert_num_queries(2):  # the trial with its images; fetched
        client.get(address)
    with django_assert_num_queries(1):
        client.get(address)


def test_an_answer_takes_six_queries_in_and_around_one_transaction(client: Client, trial: Trial) -> None:
    look(client, trial)
    with CaptureQueriesContext(connection) as queries:
        client.post(address_of(trial), ANSWERS)
    written = [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]
    # The trial; the session seen, the answer, its votes, whether that was the last; the next trial.
    assert written == ["SELECT", "UPDATE", "UPDATE", "INSERT", "SELECT", "SELECT"]


def test_a_page_with_its_styles_and_scripts_is_small_and_comes_from_this_site(client: Client, trial: Trial) -> None:
    page = client.get(address_of(trial)).content.decode()
    linked = re.findall(r'<(?:link|script)\b[^>]*(?:href|src)="([^"]+)"', page)
    assert len(linked) > 3
    assert all(address.startswith("/static/") for address in linked)
    files = [finders.find(address.removeprefix("/static/")) for address in linked]
    assert len(page.encode()) + sum(Path(file).stat().st_size for file in files if file) < MOST_BYTES


def test_nothing_on_the_page_is_inline(client: Client, trial: Trial) -> None:
    page = client.get(address_of(trial)).content.decode()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", page)
