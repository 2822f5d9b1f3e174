import re
from math import ceil
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from analysis.power import USUAL, Assumptions, Plan, Split, smallest_difference
from analysis.web.planned import planned
from studies.models import Study, StudyPromptSet
from tests.analysis.web.voted_studies import answer
from tests.factories_generation import PromptFactory, PromptSetFactory
from tests.factories_studies import StudyPromptSetFactory, WorkerFactory, published_study, ready_study

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def image_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def draft(*, prompts: int = 50, conditions: int = 2, **fields: object) -> Study:
    """A draft with many prompts and no images."""
    study = ready_study(prompts=0, conditions=conditions, votes_wanted=10, **fields)
    add_prompts(study, prompts, "A&E")
    return study


def add_prompts(study: Study, prompts: int, name: str, **fields: object) -> StudyPromptSet:
    prompt_set = PromptSetFactory.create(name=name)
    PromptFactory.create_batch(prompts, prompt_set=prompt_set)
    chosen: StudyPromptSet = StudyPromptSetFactory.create(study=study, prompt_set=prompt_set, **fields)
    return chosen


def editor(client: Client, study: Study) -> str:
    return client.get(f"/admin/studies/study/{study.pk}/change/").content.decode()


def usual(plan: Plan, share: float, tests: int = 1) -> str:
    found = smallest_difference(plan, Assumptions(Split(share, share), USUAL, tests))
    assert found
    return f"{100 * found:.1f}"


def test_the_editor_of_a_draft_says_how_small_a_difference_it_can_see(researcher: Client) -> None:
    page = editor(researcher, draft(trials_per_session=20))
    plan = Plan(50, 10, 25)  # 500 votes, 20 by each worker
    assert f"This study can see differences from about {usual(plan, 0.4)} points (power .8)" in page
    assert "with 50 comparisons × 10 votes, from about" in page
    assert f"from about {usual(plan, 0.4, tests=2)} after Holm’s adjustment over 2 differences" in page  # two criteria
    assert "assuming that 20 % of the votes are for no clear winner" in page


def test_several_prompt_sets_have_a_line_each(researcher: Client) -> None:
    study = draft()
    add_prompts(study, 30, "Hand", seeds="0-1")
    page = editor(researcher, study)
    assert re.search("<li>on A&amp;E differences from about [0-9.]+ points .power .8. with 50 comparisons × 10 votes", page)
    assert re.search("<li>on Hand differences from about [0-9.]+ points .power .8. with 60 comparisons × 10 votes", page)


def test_a_published_study_says_nothing_of_it(researcher: Client) -> None:
    assert "This study can see" not in editor(researcher, published_study())


def test_a_draft_that_lacks_something_says_what_to_add(researcher: Client) -> None:
    study = draft()
    study.conditions.all().delete()
    assert "told here once it has two conditions" in editor(researcher, study)


def test_a_draft_too_small_to_see_anything_says_so(researcher: Client) -> None:
    assert "This study can see no difference at all (power .8) with 2 comparisons" in editor(researcher, draft(prompts=2))


@pytest.mark.parametrize(
    ("design", "shown", "comparisons"), [("together", 3, 1), ("pairs", 2, 3), ("baseline", 2, 2)], ids=lambda value: str(value)
)
def test_a_plan_follows_the_design(design: str, shown: int, comparisons: int) -> None:
    study = draft(conditions=3, design=design, trials_per_session=20)
    study.conditions.filter(position=0).update(is_baseline=True)
    found = planned(study)
    assert found
    assert found.shown == shown
    assert found.sets[0].plan == Plan(50, 10, ceil(50 * comparisons * 10 / 20))
    assert found.tests == 3 * 2  # pairs of conditions × criteria


def test_pairs_that_are_drawn_or_listed_are_counted() -> None:
    study = draft(prompts=9)
    add_prompts(study, 9, "drawn", selection="drawn", number=5)
    listed = add_prompts(study, 9, "listed", selection="listed")
    first, second, *_ = listed.prompt_set.prompts.all()
    StudyPromptSet.objects.filter(pk=listed.pk).update(pairs=f"3 {first.text}\n4 {second.text}")
    found = planned(study)
    assert found
    assert [each.plan.comparisons for each in found.sets] == [9, 5, 2]


def test_prompt_sets_that_cannot_be_read_are_left_out() -> None:
    study = draft()
    add_prompts(study, 3, "faulty", seeds="many")
    add_prompts(study, 3, "unknown", selection="listed", pairs="3 nothing of the kind")
    found = planned(study)
    assert found
    assert [each.name for each in found.sets] == ["A&E"]


def pilot(study: Study) -> Study:
    """A closed study whose votes are for the first, for the second and for neither, each a third."""
    earlier = published_study(prompts=6, name="Pilot")
    conditions = [*earlier.conditions.all(), None]
    for number in range(2):
        worker = WorkerFactory.create()
        answer(earlier, [conditions[(trial + number) % 3] for trial in range(6)], worker=worker)
    earlier.close()
    study.earlier_studies.add(earlier)
    return earlier


def test_votes_of_an_earlier_study_are_used(researcher: Client) -> None:
    study = draft()
    pilot(study)
    assert "if votes fall and depend on each other as in “Pilot”" in editor(researcher, study)
    page = researcher.get(f"/power/{study.pk}/").content.decode()
    assert 'name="undecided" value="33.3"' in page
    assert "Measured in “Pilot”" in page


def test_votes_of_an_earlier_study_are_for_those_who_may_see_them(client: Client) -> None:
    study = draft()
    earlier = pilot(study)
    assistant = User.objects.create_user("assistant", is_staff=True)
    assistant.groups.add(Group.objects.get(name="assistant"))
    client.force_login(assistant)
    assert "Pilot”" not in client.get(f"/power/{study.pk}/").content.decode()
    client.force_login(User.objects.create_superuser("researcher"))
    assert "Pilot”" in client.get(f"/power/{study.pk}/").content.decode()
    earlier.resume()
    assert "Pilot”" not in client.get(f"/power/{study.pk}/").content.decode()


def test_an_earlier_study_that_tells_too_little_is_passed_over(researcher: Client) -> None:
    study = draft()
    silent = published_study(name="Silent")
    silent.close()
    study.earlier_studies.add(silent)
    assert "as usual" in editor(researcher, study)


def test_the_page_answers_for_the_study_as_it_is_designed(researcher: Client) -> None:
    page = researcher.get(f"/power/{draft().pk}/").content.decode()
    assert "Power for 10 points" in page
    assert "<svg" in page
    assert "--comparisons 50 --votes 10 --workers 25" in page


def test_the_page_answers_for_other_studies(researcher: Client) -> None:
    asked = {"comparisons": 100, "votes": 1, "workers": 100, "shown": 2, "undecided": 20, "difference": 20, "tests": 1}
    page = researcher.get(f"/power/{draft().pk}/", {**asked, "design_effect": 1}).content.decode()
    assert "<strong>0.62</strong>" in page  # statsmodels: TTestPower().power(.2 / √.76, 100, .05) is .6225
    assert "--split 50,30,20 --difference 20 --comparisons 100 --votes 1 --workers 100 --tests 1 --design-effect 1" in page


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [({"workers": 5}, "need as many workers"), ({"difference": 90}, "90 points are more"), ({"votes": ""}, "required")],
)
def test_what_cannot_be_is_said_on_the_page(researcher: Client, wrong: dict[str, str | int], reason: str) -> None:
    asked = {"comparisons": 100, "votes": 10, "workers": 60, "shown": 2, "undecided": 20, "difference": 10, "tests": 1}
    query: dict[str, str | int] = {**asked, **wrong}
    response = researcher.get(f"/power/{draft().pk}/", query)
    assert response.status_code == 422
    assert reason in response.content.decode()


def test_the_page_is_for_those_who_may_see_the_study(client: Client) -> None:
    address = f"/power/{draft().pk}/"
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(address).status_code == 403
