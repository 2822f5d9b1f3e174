from collections.abc import Iterable, Iterator

import pytest
from django.db import connection
from django.test import Client

from generation.models import Image
from studies.instructions import CRITERIA
from studies.models import Study
from studies.publishing import publish
from tests.factories_generation import ConditionFactory, PromptSetFactory
from tests.factories_studies import NOON, published_study, ready_study
from tests.studies.admin.browsing import ADD, address, errors_of, fields_of, save
from tests.studies.admin.conftest import LogIn

pytestmark = pytest.mark.django_db


def test_a_new_study_starts_with_the_papers_criteria_and_a_consent(researcher: Client) -> None:
    fields = fields_of(researcher.get(ADD))
    assert [fields[f"criteria-{row}-name"] for row in (0, 1)] == list(CRITERIA)
    assert "stop at any time" in fields["consent"]
    assert "instructions" not in fields


def test_a_template_fills_in_the_instructions(researcher: Client) -> None:
    response = researcher.get(f"{ADD}?template=hand")
    assert "right number of fingers" in fields_of(response)["instructions"]
    assert 'href="?template=human"' in response.content.decode()


def _new_study(researcher: Client, **changes: str) -> None:
    fields = fields_of(researcher.get(f"{ADD}?template=hand"))
    for row, name in enumerate(["SD", "SD+DNP"]):
        fields[f"conditions-{row}-condition"] = str(ConditionFactory.create().pk)
        fields[f"conditions-{row}-printed_name"] = name
    fields["prompt_sets-0-prompt_set"] = str(PromptSetFactory.create(name="Hand").pk)
    response = researcher.post(ADD, {**fields, "name": "Spring", **changes})
    assert response.status_code == 302, errors_of(response)


def test_a_study_is_made_as_it_was_proposed(researcher: Client) -> None:
    _new_study(researcher)
    study = Study.objects.get()
    assert dict(study.criteria.values_list("name", "question")) == CRITERIA
    assert [str(row) for row in study.conditions.all()] == ["SD", "SD+DNP"]


def test_a_proposed_criterion_that_is_emptied_is_left_out(researcher: Client) -> None:
    _new_study(researcher, **{"criteria-1-name": "", "criteria-1-question": ""})
    assert [str(criterion) for criterion in Study.objects.get().criteria.all()] == ["correctness"]


def test_a_criterion_without_a_name_is_not_forgotten_silently(researcher: Client) -> None:
    with pytest.raises(AssertionError, match="This field is required"):
        _new_study(researcher, **{"criteria-1-name": ""})


def test_a_condition_whose_images_are_a_means_for_others_is_refused_in_words(researcher: Client) -> None:
    opposite = ConditionFactory.create(method="dns")
    with pytest.raises(AssertionError, match="The images of dns are a means for other methods, not to be voted on"):
        _new_study(researcher, **{"conditions-1-condition": str(opposite.pk)})


@pytest.mark.parametrize("name", ["SD|DNP", "no clear winner"])
def test_a_printed_name_that_a_votes_file_cannot_hold_is_refused(researcher: Client, name: str) -> None:
    with pytest.raises(AssertionError, match="A printed name may not hold"):
        _new_study(researcher, **{"conditions-1-printed_name": name})


def test_a_number_to_draw_must_be_given(researcher: Client) -> None:
    with pytest.raises(AssertionError, match="Say how many pairs to draw"):
        _new_study(researcher, **{"prompt_sets-0-selection": "drawn"})


def test_a_study_is_published_from_its_page(researcher: Client) -> None:
    study = ready_study(prompts=2)
    fields = fields_of(researcher.get(address(study)))
    response = researcher.post(address(study), {**fields, "_publish": "Save and publish"}, follow=True)
    assert "is published. Comparisons: 2" in response.content.decode()
    assert Study.objects.get().is_open


def test_a_study_saved_but_not_ready_is_shown_again_with_what_is_missing(researcher: Client) -> None:
    study = ready_study(prompts=0)
    fields = fields_of(researcher.get(address(study)))
    response = researcher.post(address(study), {**fields, "_publish": "Save and publish"}, follow=True)
    assert response.redirect_chain == [(address(study), 302)]
    assert "Choose at least one prompt set." in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_database_is_free_while_images_are_reencoded(researcher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    study = ready_study(prompts=2, name="Spring")
    locked = []

    def watch(images: Iterable[Image]) -> Iterator[Image]:
        for image in images:
            locked.append(connection.in_atomic_block)
            yield image

    monkeypatch.setattr("studies.publishing.publish", lambda study, now, **_: publish(study, now, watch=watch))
    fields = fields_of(researcher.get(address(study)))
    researcher.post(address(study), {**fields, "name": "Autumn", "_publish": "Save and publish"})
    assert locked == [False] * 4
    assert (Study.objects.get().name, Study.objects.get().is_open) == ("Autumn", True)


@pytest.mark.django_db(transaction=True)
def test_a_new_study_that_is_not_ready_is_saved_and_what_is_missing_is_said(researcher: Client) -> None:
    _new_study(researcher, _publish="Save and publish")
    html = researcher.get(address(Study.objects.get())).content.decode()
    assert "“Hand” has no prompts." in html
    assert Study.objects.get().is_draft


def test_what_is_missing_is_said_on_the_list_too(researcher: Client) -> None:
    study = ready_study(prompts=1)
    Image.objects.filter(condition=study.conditions.all()[0].condition).update(state=Image.State.QUEUED)
    chosen = {"action": "publish_selected", "_selected_action": [study.pk]}
    html = researcher.post("/admin/studies/study/", chosen, follow=True).content.decode()
    assert "1 of 1 comparisons lack an image of Method A (1 still queued)." in html
    assert Study.objects.get().is_draft


def test_a_published_study_shows_its_links_its_progress_and_its_drops(researcher: Client) -> None:
    study = ready_study(prompts=3, votes_wanted=4)
    flagged = Image.objects.filter(condition=study.conditions.all()[1].condition)[0]
    Image.objects.filter(pk=flagged.pk).update(state=Image.State.FLAGGED)
    publish(study, NOON)
    html = researcher.get(address(study)).content.decode()
    assert study.link in html
    assert study.rehearsal_link in html
    assert html.count("0 of 8 trials answered") == 2
    assert "1, for all conditions; images flagged as NSFW by condition: Method A 0, Method B 1." in html


def test_the_design_of_a_published_study_cannot_be_edited(researcher: Client) -> None:
    study = published_study(name="Spring")
    forged = {"name": "Autumn", "instructions": "x", "criteria-0-name": "x", "conditions-0-printed_name": "x"}
    fields = fields_of(researcher.get(address(study)))
    assert researcher.post(address(study), {**fields, **forged, "trials_per_session": 7}).status_code == 302
    stored = Study.objects.get()
    assert (stored.name, stored.instructions, stored.trials_per_session) == ("Spring", study.instructions, 7)
    assert not stored.criteria.filter(name="x").exists()
    assert not stored.conditions.filter(printed_name="x").exists()


def test_the_list_of_studies_shows_their_progress(researcher: Client) -> None:
    published_study(prompts=3, votes_wanted=5)
    assert "0 of 15" in researcher.get("/admin/studies/study/").content.decode()


def test_a_published_study_is_closed_not_deleted(researcher: Client) -> None:
    study = published_study()
    assert "/delete/" not in researcher.get(address(study)).content.decode()
    assert researcher.post(f"/admin/studies/study/{study.pk}/delete/", {"post": "yes"}).status_code == 403
    draft = ready_study()
    assert researcher.post(f"/admin/studies/study/{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Study.objects.all()) == [study]


def test_an_assistants_forged_publishing_by_the_form_is_refused(log_in: LogIn) -> None:
    draft = ready_study()
    assert log_in("assistant").post(address(draft), {"_publish": "x"}).status_code == 403
    assert Study.objects.get().is_draft


def test_a_quality_plan_cannot_be_added_to_a_published_study(researcher: Client) -> None:
    study = published_study()
    html = researcher.get(address(study)).content.decode()
    assert 'name="quality_plan-0-gold_share"' not in html
    forged = {"quality_plan-TOTAL_FORMS": 1, "quality_plan-0-gold_share": 10, "trials_per_session": 7}
    save(researcher, study, **forged)
    assert study.quality.gold_share == 0


def test_correctness_is_judged_by_gold_trials_unless_one_says_otherwise(researcher: Client) -> None:
    _new_study(researcher)
    assert list(Study.objects.get().criteria.values_list("name", "has_gold_answer")) == [
        ("correctness", True),
        ("quality", False),
    ]


def test_making_a_study_is_logged(researcher: Client) -> None:
    _new_study(researcher)
    assert list(Study.objects.get().log.values_list("who", "action")) == [("researcher", "create")]


def test_every_field_of_the_protocol_can_be_set_in_the_editor(researcher: Client) -> None:
    fields = researcher.get(ADD).context["adminform"].form.fields
    editable = {
        field.name for field in Study._meta.get_fields() if not field.auto_created and getattr(field, "editable", False)
    }
    assert set(fields) == editable - {"id"}
