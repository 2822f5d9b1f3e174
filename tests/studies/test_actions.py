from typing import Any

import pytest
from django.core.management import CommandError, call_command

from studies import actions
from studies.errors import ImpossibleMove, NotPublishable
from studies.models import Example, LogLine, QualityPlan, QuizQuestion, Study
from tests.factories_studies import NOON, StudyFactory, published_study, ready_study

pytestmark = pytest.mark.django_db


def _log(study: Study) -> list[tuple[str, str, str]]:
    return list(study.log.order_by("pk").values_list("who", "action", "detail"))


def test_publishing_is_logged_with_who_did_it() -> None:
    study = ready_study(prompts=2)
    assert actions.publish(study, "rita", NOON) == f"“{study}” is published. Comparisons: 2."
    assert _log(study) == [("rita", "publish", "Comparisons: 2.")]


def test_a_study_that_is_not_ready_is_not_logged_as_published() -> None:
    study = StudyFactory.create()
    with pytest.raises(NotPublishable):
        actions.publish(study, "rita", NOON)
    assert _log(study) == []


def test_a_study_is_paused_resumed_and_closed() -> None:
    study = published_study()
    states = []
    for act in (actions.pause, actions.resume, actions.close):
        act(study, "rita", NOON)
        states.append(Study.objects.get().state)
    assert states == ["paused", "published", "closed"]
    assert [action for _, action, _ in _log(study)] == ["pause", "resume", "close"]


def test_opening_a_closed_study_again_says_that_results_were_seen() -> None:
    study = published_study()
    actions.close(study, "rita", NOON)
    assert "results could be seen meanwhile" in actions.resume(study, "rita", NOON)
    assert _log(study)[-1] == ("rita", "reopen", "It was closed before: results could be seen meanwhile.")


@pytest.mark.parametrize(
    ("act", "state", "why"),
    [
        (actions.pause, "draft", "it is draft, and takes no votes anyway"),
        (actions.pause, "closed", "it is closed, and takes no votes anyway"),
        (actions.resume, "draft", "publish it first"),
        (actions.resume, "published", "it takes votes already"),
        (actions.close, "draft", "delete it if it is not wanted"),
        (actions.close, "closed", "there is nothing left to do"),
    ],
)
def test_a_move_that_makes_no_sense_says_why_and_leaves_no_line(act: Any, state: str, why: str) -> None:
    study = StudyFactory.create(state=state)
    with pytest.raises(ImpossibleMove, match=why):
        act(study, "rita", NOON)
    assert (Study.objects.get().state, LogLine.objects.count()) == (state, 0)


def test_more_votes_are_logged() -> None:
    study = published_study(votes_wanted=2)
    assert actions.add_votes(study, "rita", NOON, 3) == f"“{study}” wants 5 votes per comparison, 3 of them new."
    assert _log(study) == [("rita", "add votes", "5 votes per comparison, 3 of them new.")]


def test_a_clone_is_a_draft_of_the_same_design() -> None:
    study = published_study(design=Study.Design.PAIRS, seed=7, asks_demographics=True, excluded_ids="a" * 64)
    draft = actions.clone(study, "rita", NOON)
    fields = [field for field in Study.DESIGN if field != "name"] + ["excluded_ids", "trials_per_session"]
    assert [getattr(draft, field) for field in fields] == [getattr(study, field) for field in fields]
    assert (draft.name, draft.is_draft, draft.published_at) == (f"{study} (copy)", True, None)
    assert not {draft.token, draft.rehearsal_token} & {study.token, study.rehearsal_token}
    assert _log(draft) == [("rita", "clone", f"Of “{study}”.")]


def test_a_clone_has_all_parts_of_the_original_and_leaves_them_there() -> None:
    study = ready_study(conditions=3)
    QualityPlan.objects.create(study=study, gold_share=10, gold_accuracy=80)
    QuizQuestion.objects.create(study=study, question="Why?", choices="a\nb", answer=2)
    example = Example.objects.create(study=study, file="examples/x.png", caption="Right.")
    study.conditions.filter(position=1).update(is_baseline=True)
    draft = actions.clone(study, "rita", NOON)
    for each in (study, draft):
        assert list(each.conditions.values_list("printed_name", "is_baseline")) == [
            ("Method A", False),
            ("Method B", True),
            ("Method C", False),
        ]
        assert [str(row) for row in each.criteria.all()] == ["correctness", "quality"]
        assert each.prompt_sets.count() == 1
        assert (each.quality.gold_share, each.quality.gold_accuracy) == (10, 80)
        assert each.quiz_questions.get().answer == 2
        assert each.examples.get().file.name == "examples/x.png"
    assert draft.examples.get().token != example.token


def test_a_clone_can_be_published_as_it_is() -> None:
    study = published_study(prompts=2)
    draft = actions.clone(study, "rita", NOON)
    actions.publish(draft, "rita", NOON)
    assert draft.comparisons.count() == study.comparisons.count() == 2


def test_a_clone_shuts_out_the_workers_of_earlier_studies_and_of_the_original_if_asked() -> None:
    pilot, study = StudyFactory.create(), StudyFactory.create()
    study.earlier_studies.add(pilot)
    assert list(actions.clone(study, "rita", NOON).earlier_studies.all()) == [pilot]
    assert set(actions.clone(study, "rita", NOON, without_workers_of=[study]).earlier_studies.all()) == {pilot, study}


def test_clones_have_names_of_their_own_however_long_the_original_is() -> None:
    study = StudyFactory.create(name="x" * 100)
    names = [actions.clone(study, "rita", NOON).name for _ in range(2)]
    assert names == ["x" * 93 + " (copy)", "x" * 91 + " (copy 2)"]


def test_every_button_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    study = ready_study()
    for command in (["publish"], ["pause"], ["resume"], ["add_votes", "2"], ["close"], ["clone", "--new-workers"]):
        call_command(command[0], study.name, *command[1:])
    said = capsys.readouterr().out
    assert f"“{study}” is paused: it takes no votes until it is resumed." in said
    assert "wants 4 votes per comparison, 2 of them new." in said
    assert {who for who, _, _ in _log(study)} == {"command line"}
    assert list(Study.objects.get(name=f"{study} (copy)").earlier_studies.all()) == [study]


@pytest.mark.parametrize("command", [["pause"], ["resume"], ["close"], ["add_votes", "1"]])
def test_a_command_that_makes_no_sense_is_refused_in_a_sentence(command: list[str]) -> None:
    study = StudyFactory.create(name="Spring")
    with pytest.raises(CommandError, match=r"“Spring” (cannot be|is a draft)"):
        call_command(command[0], study.name, *command[1:])
