import io
from typing import Any

import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from studies.models import QualityPlan, Study
from tests.factories_generation import ConditionFactory, png
from tests.factories_studies import ready_study
from tests.studies.admin.browsing import added_row, address, errors_of, save

pytestmark = pytest.mark.django_db


def _refusal(researcher: Client, study: Study, **changes: Any) -> list[str]:
    """What the refused form says; nothing of it may have been saved."""
    response = save(researcher, study, seed=99, **changes)
    assert response.status_code == 200
    assert Study.objects.get(pk=study.pk).seed != 99
    return errors_of(response)


def test_a_fifth_condition_is_refused_before_anything_is_saved(researcher: Client) -> None:
    study = ready_study(conditions=4)
    fifth = added_row("conditions", 4, condition=ConditionFactory.create().pk, printed_name="Method E", position=4)
    assert _refusal(researcher, study, **fifth) == [
        "A study compares at most 4 conditions, not 5. Take some out, or make a study of each group."
    ]
    assert study.conditions.count() == 4


def test_a_fifth_condition_may_take_the_place_of_another(researcher: Client) -> None:
    study = ready_study(conditions=4)
    fifth = added_row("conditions", 4, condition=ConditionFactory.create().pk, printed_name="Method E", position=4)
    assert save(researcher, study, **fifth, **{"conditions-0-DELETE": "on"}).status_code == 302
    assert [str(row) for row in study.conditions.all()] == ["Method B", "Method C", "Method D", "Method E"]


@pytest.mark.parametrize("name", ["Method B", "METHOD b"])
def test_two_conditions_of_one_name_are_refused(researcher: Client, name: str) -> None:
    study = ready_study(conditions=3)
    errors = _refusal(researcher, study, **{"conditions-2-printed_name": name})
    assert any("Two conditions are printed as “method b”" in error or "already exists" in error for error in errors)


def test_two_baselines_are_refused(researcher: Client) -> None:
    marks = {"conditions-0-is_baseline": "on", "conditions-1-is_baseline": "on"}
    assert _refusal(researcher, ready_study(), **marks) == ["Tick one condition as the baseline, not 2."]


@pytest.mark.parametrize(("former", "new"), [(0, 1), (1, 0)])
def test_the_baseline_moves_from_one_condition_to_another(researcher: Client, former: int, new: int) -> None:
    study = ready_study()
    study.conditions.filter(position=former).update(is_baseline=True)
    marks = {f"conditions-{former}-is_baseline": None, f"conditions-{new}-is_baseline": "on"}
    assert save(researcher, study, **marks).status_code == 302
    assert study.baseline == study.conditions.all()[new]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("votes_wanted", "0", "Ask for at least one vote on each comparison."),
        ("trials_per_session", "0", "A session needs at least one trial."),
        ("practice_trials", "6", "Ensure this value is less than or equal to 5."),
        ("name", "", "This field is required."),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_beside_its_field(
    researcher: Client, field: str, value: str, sentence: str
) -> None:
    assert _refusal(researcher, ready_study(), **{field: value}) == [sentence]


def test_ids_to_exclude_must_be_hashed_and_every_faulty_line_is_named(researcher: Client) -> None:
    study = ready_study()
    text = f"{'a' * 64}\n\nworker@example.org\n{'A' * 64}"
    told = [f"Line {line} is no hashed id: 64 digits from 0 to f." for line in (3, 4)]
    assert _refusal(researcher, study, excluded_ids=text) == told
    assert save(researcher, study, excluded_ids="0f" * 32).status_code == 302


def test_a_study_is_no_earlier_study_of_itself(researcher: Client) -> None:
    study = ready_study()
    assert "Select a valid choice" in _refusal(researcher, study, earlier_studies=[study.pk])[0]


def test_checks_of_more_than_half_a_session_are_refused(researcher: Client) -> None:
    shares = {"quality_plan-0-gold_share": "30", "quality_plan-0-repeat_share": "30"}
    assert _refusal(researcher, ready_study(), **shares) == ["Checks may not be more than 50 % of a session together."]


def test_checks_and_rules_are_kept_and_none_are_made_of_an_untouched_form(researcher: Client) -> None:
    study = ready_study()
    save(researcher, study)
    assert not QualityPlan.objects.exists()
    save(researcher, study, **{"quality_plan-0-gold_share": "20", "quality_plan-0-ties": "90"})
    assert (study.quality.gold_share, study.quality.ties, study.quality.gold_accuracy) == (20, 90, None)


@pytest.mark.parametrize(
    ("choices", "answer", "sentence"),
    [("only one", 1, "Write at least two choices, one a line."), ("a\nb", 3, "The right choice is a line from 1 to 2.")],
)
def test_a_quiz_question_nobody_could_answer_is_refused(researcher: Client, choices: str, answer: int, sentence: str) -> None:
    question = added_row("quiz_questions", 0, question="Why?", choices=choices, answer=answer, position=0)
    assert _refusal(researcher, ready_study(), **question) == [sentence]


def _example(content: bytes, name: str = "example.png") -> dict[str, Any]:
    return added_row("examples", 0, file=SimpleUploadedFile(name, content), caption="Right.", position=0)


def test_an_example_is_drawn_anew_and_shown(researcher: Client) -> None:
    study = ready_study()
    file = io.BytesIO()
    PIL.Image.new("RGB", (6, 4), "red").save(file, "JPEG", comment=b"a secret")
    assert save(researcher, study, **_example(file.getvalue(), "../secret.jpg")).status_code == 302
    stored = study.examples.get().file
    assert str(stored).startswith("examples/")
    assert "secret" not in str(stored)
    with stored.open() as opened:
        assert b"secret" not in opened.read()
    shown = f"/admin/studies/study/{study.pk}/example/{study.examples.get().pk}.png"
    assert shown in researcher.get(address(study)).content.decode()
    assert b"".join(researcher.get(shown).streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_an_example_keeps_its_file_when_its_caption_changes(researcher: Client) -> None:
    study = ready_study()
    save(researcher, study, **_example(png()))
    before = study.examples.get().file.name
    save(researcher, study, **{"examples-0-caption": "Wrong."})
    assert (study.examples.get().caption, study.examples.get().file.name) == ("Wrong.", before)


def test_an_upload_that_is_no_image_is_refused_beside_its_field(researcher: Client) -> None:
    study = ready_study()
    sentence = "This is not an image that can be read. Upload a PNG, JPEG or WebP file."
    assert _refusal(researcher, study, **_example(b"<script>alert(1)</script>")) == [sentence]
    assert not study.examples.exists()
