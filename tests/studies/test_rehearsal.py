"""Rehearsals against a real server."""

import json
import subprocess
import sys
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from pytest_django.live_server_helper import LiveServer

from generation.models import Prompt
from studies.models import QuizQuestion, Session, Study, Trial, Vote, Worker
from studies.rehearsal.__main__ import main
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)


def rehearsal_link(live_server: LiveServer, study: Study) -> str:
    return live_server.url + study.rehearsal_link_path


def test_voters_fill_every_place_of_the_rehearsal_and_no_other(live_server: LiveServer) -> None:
    study = published_study(votes_wanted=3, trials_per_session=2)
    assert main([rehearsal_link(live_server, study)]) == 0
    assert Trial.objects.filter(state=Trial.State.DONE, place__rehearsal=True).count() == 3 * 3
    assert not Session.objects.filter(rehearsal=False).exists()
    assert Vote.objects.count() == 3 * 3 * 2


def test_voters_prefer_what_fits_the_prompt(live_server: LiveServer) -> None:
    main([rehearsal_link(live_server, published_study(votes_wanted=6))])
    votes = Counter(str(vote.condition) for vote in Vote.objects.filter(criterion__name="correctness"))
    assert votes["Zebra plain"] > 18 * 2 / 3  # it draws everything, the other forgets all but one thing


def test_voters_find_their_way_through_the_quiz(live_server: LiveServer) -> None:
    study = published_study(votes_wanted=1)
    QuizQuestion.objects.bulk_create(
        QuizQuestion(study=study, question=f"Question {answer}", choices="A\nB\nC", answer=answer) for answer in (1, 3)
    )
    assert main([rehearsal_link(live_server, study)]) == 0
    session = Session.objects.get()
    assert (session.state, session.quiz_attempts) == (Session.State.DONE, 3)


def test_no_more_voters_come_than_are_asked_for(live_server: LiveServer, capfd: pytest.CaptureFixture[str]) -> None:
    study = published_study()
    main([rehearsal_link(live_server, study), "--voters", "1"])
    assert "1 synthetic voters answered 3 trials." in capfd.readouterr().out
    assert Worker.objects.count() == 1


def test_on_another_world_they_answer_at_random_and_say_so(live_server: LiveServer, capfd: pytest.CaptureFixture[str]) -> None:
    study = published_study(votes_wanted=1)
    for prompt in Prompt.objects.all():
        Prompt.objects.filter(pk=prompt.pk).update(text=f"a photo of an angry man, number {prompt.pk}")
    assert main([rehearsal_link(live_server, study)]) == 0
    assert "3 of them at random" in capfd.readouterr().out
    assert Vote.objects.count() == 3 * 2


def test_a_site_that_is_not_running_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["http://127.0.0.1:9/s/token/"]) == 1
    assert "Start the site first, for instance with “gunicorn evalsite.wsgi”." in capfd.readouterr().err


def test_a_link_that_leads_nowhere_is_named(live_server: LiveServer, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([f"{live_server.url}/s/nothing/"]) == 1
    assert "answered 404" in capfd.readouterr().err


def test_the_command_starts_voters_in_a_process_of_their_own(
    live_server: LiveServer, capfd: pytest.CaptureFixture[str]
) -> None:
    published_study(votes_wanted=1)
    call_command("rehearse", "Guidance, spring", site=live_server.url, voters=5)
    assert "answered 3 trials" in capfd.readouterr().out
    assert Session.objects.get().rehearsal


def test_the_command_refuses_a_draft() -> None:
    Study.objects.create(name="Draft")
    with pytest.raises(CommandError, match="Publish it first"):
        call_command("rehearse", "Draft")


def test_the_command_fails_if_the_voters_do() -> None:
    published_study(votes_wanted=1)
    with pytest.raises(CommandError, match="stopped early"):
        call_command("rehearse", "Guidance, spring", site="http://127.0.0.1:9")


def test_the_voters_process_loads_neither_django_nor_torch() -> None:
    code = "import json, sys, studies.rehearsal.__main__; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert "studies.rehearsal.voter" in loaded
    assert not {"django", "torch", "sqlite3"} & set(loaded)
