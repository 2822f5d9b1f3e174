"""Who asks for results, and who computes them, in threads and processes of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from analysis.web.models import StudyResults
from analysis.web.results_asked import ask
from analysis.web.results_page import page_of
from studies.models import Study
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import published_study
from tests.generation.site import Site, site, wait_until

__all__ = ["site"]
ASK = "from analysis.web.results_asked import *; from django.utils import timezone; "
ASK += "ask(Study.objects.get(), timezone.now(), rehearsal=False)"


def closed_study() -> Study:
    study = published_study(prompts=2, name="<b>Spring</b>")
    answer(study, [None, study.conditions.first()])
    study.close()
    return study


@pytest.mark.django_db(transaction=True)
def test_of_many_who_look_at_once_one_calls_a_worker() -> None:
    study, lookers = closed_study(), 6
    start = threading.Barrier(lookers)

    def look(_: int) -> int | None:
        start.wait()
        try:
            under_way = ask(study, timezone.now(), rehearsal=False).under_way
            return under_way.pk if under_way else None
        finally:
            connection.close()

    with ThreadPoolExecutor(lookers) as threads:
        seen = set(threads.map(look, range(lookers)))
    assert seen == {StudyResults.objects.get().pk}


def test_a_worker_computes_what_was_asked_for(site: Site, settings: Settings) -> None:
    settings.RESULTS_ROOT = site.folder / "results"
    closed_study()
    with site.worker("only"):
        asked = site.manage("shell", "--command", ASK)
        assert asked.returncode == 0, asked.stderr
        wait_until(lambda: StudyResults.objects.get().finished_at is not None, "the worker to finish")
    results = StudyResults.objects.get()
    assert (results.state, results.votes, results.reason) == ("done", 4, "")
    assert "&lt;b&gt;Spring&lt;/b&gt;" in page_of(results, str)["report"]
    assert [path.name for path in (site.folder / "results").iterdir()] == [str(results.study_id)]  # and no votes were left
