import csv
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.check_answers import read_checks
from analysis.exclusions import Excluded
from analysis.tables import tables_of
from analysis.votes import read_votes
from generation.models import Image, Prompt
from studies.allocation import open_session
from studies.exclusion import exclude, reinstate
from studies.export import check_lines, vote_lines
from studies.models import Exclusion, Study, Trial, Worker
from studies.publishing import publish
from tests.factories_studies import NOON, WorkerFactory, fetch_images, published_study, ready_study, shown_conditions
from tests.studies.checked import checked_study

pytestmark = pytest.mark.django_db


def _vote(study: Study, *, workers: int = 1, by: Sequence[Worker] = (), rehearsal: bool = False) -> None:
    """Every worker, new ones or these, answers every trial: Image 1 for correctness, no clear winner for quality."""
    for worker in by or WorkerFactory.create_batch(workers):
        for trial in open_session(study, worker, rehearsal=rehearsal, now=NOON).trials.all():
            trial.mark_shown(NOON)
            fetch_images(trial)
            correctness, quality = study.criteria.all()
            trial.record({correctness: shown_conditions(trial)[0], quality: None}, NOON + timedelta(seconds=7.25))


def _rows(study: Study, *, rehearsal: bool = False) -> list[dict[str, str]]:
    return list(csv.DictReader(vote_lines(study, rehearsal=rehearsal)))


def test_the_columns_are_these_in_this_order() -> None:
    header = next(vote_lines(published_study(), rehearsal=False))
    assert header == (
        "study,prompt_set,prompt,seed,worker,criterion,shown,choice,answered_at,seconds,trial,rehearsal,conditions,unscreened,"
        "excluded,subset,session,channel\n"
    )


def test_a_row_says_what_was_shown_and_what_was_chosen() -> None:
    study = published_study(prompts=1, votes_wanted=1, name="Spring")
    _vote(study)
    trial = Trial.objects.get()
    Prompt.objects.filter(pk=trial.comparison.prompt_id).update(subset="animals")
    first, second = shown_conditions(trial)
    assert _rows(study)[0] == {
        "study": "Spring",
        "prompt_set": str(trial.comparison.prompt.prompt_set),
        "prompt": trial.comparison.prompt.text,
        "seed": "0",
        "worker": trial.worker.pseudonym,
        "criterion": "correctness",
        "shown": f"{first}|{second}",
        "choice": str(first),
        "answered_at": "2026-03-01T12:00:07Z",
        "seconds": "7.2",
        "trial": str(trial.pk),
        "rehearsal": "0",
        "conditions": "Method A|Method B",
        "unscreened": "",
        "excluded": "",
        "subset": "animals",
        "session": str(trial.session_id),
        "channel": trial.worker.channel,
    }
    assert _rows(study)[1]["choice"] == "no clear winner"


def test_the_seconds_are_those_while_the_page_could_be_seen_where_that_is_known() -> None:
    study = published_study(prompts=1, votes_wanted=1)
    _vote(study)
    Trial.objects.update(visible_seconds=3.5)
    assert [row["seconds"] for row in _rows(study)] == ["3.5", "3.5"]


def test_excluded_votes_stay_in_the_file_with_the_reason() -> None:
    study = published_study(prompts=2)
    _vote(study, workers=2)
    excluded, kept = Worker.objects.all()
    exclude(study, excluded, "always left", "ada", NOON)
    reasons = {(row["worker"], row["excluded"]) for row in _rows(study)}
    assert reasons == {(excluded.pseudonym, "always left"), (kept.pseudonym, "")}
    reinstate(study, excluded, "ada", NOON)
    assert {row["excluded"] for row in _rows(study)} == {""}
    assert len(_rows(study)) == 8


def test_an_exclusion_from_one_study_is_none_from_another() -> None:
    study, other = published_study(prompts=1), published_study(prompts=1)
    worker = WorkerFactory.create()
    for each in (study, other):
        _vote(each, by=[worker])
    exclude(study, worker, "always left", "ada", NOON)
    assert {row["excluded"] for row in _rows(other)} == {""}


def test_a_worker_may_be_excluded_while_the_file_is_written() -> None:
    study = published_study(prompts=2)
    _vote(study)

    def exclude_before_the_votes(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if 'FROM "studies_vote"' in sql and not Exclusion.objects.exists():
            exclude(study, Worker.objects.get(), "always left", "ada", NOON)
        return execute(sql, *rest)

    with connection.execute_wrapper(exclude_before_the_votes):
        assert [row["excluded"] for row in _rows(study)] == ["always left"] * 4


def test_a_clock_that_was_set_back_makes_no_negative_seconds() -> None:
    study = published_study(prompts=1, votes_wanted=1)
    _vote(study)
    Trial.objects.update(shown_at=NOON + timedelta(hours=1))
    assert _rows(study)[0]["seconds"] == "0.0"


def test_shown_names_are_in_the_order_of_the_page() -> None:
    study = published_study(prompts=4)
    _vote(study, workers=2)
    assert {row["shown"] for row in _rows(study)} == {"Method A|Method B", "Method B|Method A"}
    assert all(row["choice"] in (row["shown"].split("|")[0], "no clear winner") for row in _rows(study))


def test_real_votes_and_rehearsal_votes_are_never_in_one_file() -> None:
    study = published_study(prompts=2)
    _vote(study, workers=1)
    _vote(study, workers=2, rehearsal=True)
    assert [row["rehearsal"] for row in _rows(study)] == ["0"] * 4
    assert [row["rehearsal"] for row in _rows(study, rehearsal=True)] == ["1"] * 8


def test_open_trials_and_other_studies_are_left_out() -> None:
    study, other = published_study(prompts=1), published_study(prompts=1)
    _vote(other)
    open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
    assert _rows(study) == []


def test_the_words_for_going_without_screening_are_in_every_row() -> None:
    study = ready_study(conditions=3, prompts=1)
    for row in (0, 2):
        images = Image.objects.filter(condition=study.conditions.all()[row].condition)
        images.update(unscreened_because="own drawings", screened_by="")
    publish(study, NOON)
    _vote(study)
    assert {row["unscreened"] for row in _rows(study)} == {"own drawings (Method A, Method C)"}


def test_texts_with_commas_quotes_and_formulas_come_back_as_they_were() -> None:
    study = ready_study(prompts=1)
    prompt = study.prompt_sets.get().prompt_set.prompts.get()
    prompt.text = '=1+1, "ü"'
    prompt.save()
    publish(study, NOON)
    _vote(study)
    assert _rows(study)[0]["prompt"] == '=1+1, "ü"'


def test_the_analysis_reads_the_file(tmp_path: Path) -> None:
    study = published_study(conditions=3, prompts=3, votes_wanted=3)
    _vote(study, workers=3)
    path = tmp_path / "votes.csv"
    path.write_text("".join(vote_lines(study, rehearsal=False)), encoding="utf-8")
    votes = read_votes(path)
    assert len(votes) == 3 * 3 * 2
    assert votes["trial"].nunique() == 9


def test_the_analysis_of_pairs_leaves_excluded_votes_out(tmp_path: Path) -> None:
    study = published_study(conditions=3, prompts=2, votes_wanted=2, design=Study.Design.PAIRS)
    _vote(study, workers=2)
    exclude(study, Worker.objects.all()[0], "always left", "ada", NOON)
    path = tmp_path / "votes.csv"
    path.write_text("".join(vote_lines(study, rehearsal=False)), encoding="utf-8")
    (table,) = tables_of(read_votes(path))
    # The worker who is left judged three pairs of two prompts on two criteria; each condition is in two of the three.
    assert table.excluded == (Excluded("always left", votes=12, workers=1),)
    assert [row.shares[0].total for row in table.blocks[0].rows] == [6, 4, 4, 4]


def test_the_export_takes_as_many_queries_for_many_votes_as_for_few() -> None:
    counts = []
    for workers in (1, 4):
        study = published_study(prompts=5, votes_wanted=4)
        _vote(study, workers=workers)
        with CaptureQueriesContext(connection) as queries:
            assert len(_rows(study)) == workers * 10
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


# Checks


def _checks(study: Study) -> list[dict[str, str]]:
    return list(csv.DictReader(check_lines(study, rehearsal=False)))


def test_checks_are_in_a_file_of_their_own_and_never_among_the_votes() -> None:
    study = checked_study(prompts=6, trials_per_session=5, practice_trials=1, votes_wanted=1)
    _vote(study)
    assert {row["trial"] for row in _rows(study)} == set(map(str, Trial.objects.real().values_list("pk", flat=True)))
    assert Counter(row["kind"] for row in _checks(study)) == {"practice": 2, "gold": 2, "repeat": 2, "attention": 2}


def test_a_check_says_what_was_expected_and_what_was_chosen() -> None:
    study = checked_study(prompts=6, trials_per_session=5, votes_wanted=1)
    _vote(study)
    rows = {(row["kind"], row["criterion"]): row for row in _checks(study)}
    for kind, criterion in itertools.product(["gold", "attention"], ["correctness", "quality"]):
        trial = Trial.objects.get(kind=kind)
        assert trial.expected
        right = str(shown_conditions(trial)[trial.expected - 1])
        is_judged = kind == "attention" or criterion == "correctness"
        assert rows[kind, criterion]["expected"] == (right if is_judged else "")
    assert rows["gold", "quality"]["choice"] == "no clear winner"
    repeat = Trial.objects.get(kind="repeat")
    assert rows["repeat", "quality"]["repeats"] == str(repeat.repeats_id)
    assert rows["repeat", "quality"]["expected"] == rows["gold", "quality"]["repeats"] == ""


def test_the_analysis_reads_the_checks_and_finds_the_votes_that_repeats_show_again(tmp_path: Path) -> None:
    study = checked_study(prompts=6, trials_per_session=5, practice_trials=1, votes_wanted=1)
    _vote(study)
    votes, checks = tmp_path / "votes.csv", tmp_path / "checks.csv"
    votes.write_text("".join(vote_lines(study, rehearsal=False)), encoding="utf-8")
    checks.write_text("".join(check_lines(study, rehearsal=False)), encoding="utf-8")
    answers = read_checks(checks)
    assert Counter(answers["kind"]) == {"practice": 2, "gold": 2, "repeat": 2, "attention": 2}
    assert set(answers["repeats"]) - {""} <= set(read_votes(votes)["trial_name"])


def test_checks_take_as_many_queries_for_many_workers_as_for_few() -> None:
    study, counts = checked_study(prompts=6, trials_per_session=5, votes_wanted=2), []
    for _ in range(2):
        _vote(study)
        with CaptureQueriesContext(connection) as queries:
            assert _checks(study)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_the_command_writes_the_checks_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    study = checked_study(prompts=6, trials_per_session=5, votes_wanted=1)
    _vote(study)
    call_command("export_votes", study.name, "--checks")
    assert capsys.readouterr().out == "".join(check_lines(study, rehearsal=False))


# Commands


def test_the_command_writes_the_real_votes_or_the_rehearsals(capsys: pytest.CaptureFixture[str]) -> None:
    study = published_study(prompts=1)
    _vote(study, rehearsal=True)
    call_command("export_votes", study.name)
    assert capsys.readouterr().out.count("\n") == 1
    call_command("export_votes", study.name, "--rehearsal")
    assert capsys.readouterr().out == "".join(vote_lines(study, rehearsal=True))


def test_a_study_may_be_named_by_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_votes", str(published_study().pk))
    assert capsys.readouterr().out.startswith("study,prompt_set")


def test_a_wrong_name_lists_the_studies_there_are() -> None:
    study = published_study(name="Spring")
    with pytest.raises(CommandError, match=rf"there are: “Spring” \({study.pk}\)"):
        call_command("export_votes", "Autumn")


def test_publishing_by_command_tells_the_links_and_the_drops(capsys: pytest.CaptureFixture[str]) -> None:
    study = ready_study(prompts=2)
    flagged = Image.objects.filter(condition=study.conditions.all()[0].condition)[0]
    Image.objects.filter(pk=flagged.pk).update(state=Image.State.FLAGGED)
    call_command("publish", study.name)
    said = capsys.readouterr().out
    assert "is published. Comparisons: 1." in said
    assert "Method A: 1 images flagged" in said
    assert f"http://127.0.0.1:8000/s/{study.token}/" in said


def test_publishing_by_command_says_every_fault() -> None:
    study = ready_study(prompts=0, instructions="")
    with pytest.raises(CommandError, match=r"(?s)at least one prompt set.*Write the instructions"):
        call_command("publish", study.name)
