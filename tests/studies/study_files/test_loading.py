"""A study file becomes a draft, or nothing at all; a draft becomes its file again."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.models import Condition, Prompt, PromptSet
from studies.models import QualityPlan, Study, StudyPromptSet
from studies.study_files import BadStudyFile, CannotDump, dump, load, read
from studies.study_files.dumping import content
from studies.study_files.runs import captioning_studies, models_asked, runs_of
from tests.factories_generation import png
from tests.factories_studies import ExampleFactory, ready_study
from tests.studies.study_files.test_reading import WHOLE, read_text

pytestmark = pytest.mark.django_db


def faults_of(tmp_path: Path, text: str) -> str:
    with pytest.raises(BadStudyFile) as refused:
        load(read_text(tmp_path, text))
    return str(refused.value)


def test_a_file_becomes_a_draft_with_its_conditions_and_prompts(tmp_path: Path) -> None:
    study = load(read_text(tmp_path, WHOLE))
    assert study.is_draft
    assert [row.printed_name for row in study.conditions.all()] == ["Plain", "Stronger"]
    assert Prompt.objects.get().text == "a red ring"
    assert study.conditions.get(position=1).condition.settings["scale"] == 9


def test_loading_again_gives_the_same_study(tmp_path: Path) -> None:
    assert load(read_text(tmp_path, WHOLE)) == load(read_text(tmp_path, WHOLE))
    assert Study.objects.count() == 1


def test_another_study_of_the_name_is_left_alone(tmp_path: Path) -> None:
    load(read_text(tmp_path, WHOLE))
    assert "There is another study “Guidance”" in faults_of(tmp_path, f"{WHOLE}votes_wanted: 3\n")
    assert Study.objects.get().votes_wanted == 10


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("settings: {scale: 9}", "settings: {skale: 9}", 5, "“skale” is not a setting here"),
        ("method: cfg}", "method: magic}", 4, "There is no method “magic”"),
        ("checkpoint: bundled", "checkpoint: nowhere", 2, "neither “bundled”, nor a folder"),
        (", size: 64}", "}", 4, "size: This field cannot be null."),
        ("name: Stronger", "name: a|b", 5, "may not hold “|”"),
        ("prompts: [a red ring]", "seeds: x", 7, "There is no prompt set “Shapes”"),
        ("prompts: [a red ring]", "prompts: [a red ring], pairs: [3 a blue ring]", 7, "“3 a blue ring”: this is no prompt of"),
        ("prompts: [a red ring]", "prompts: [a red ring], pairs: [a red ring]", 7, "write a seed below 2^63"),
        ("name: Guidance\n", "name: Guidance\nlanguage: xx\n", 2, "language: Value 'xx' is not a valid choice."),
    ],
)
def test_what_the_site_refuses_has_its_line_and_nothing_is_saved(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    said = faults_of(tmp_path, WHOLE.replace(old, new, 1))
    assert any(f"study.yaml:{line}:" in fault and sentence in fault for fault in said.splitlines()), said
    assert not Study.objects.exists()
    assert not Condition.objects.exists()
    assert not PromptSet.objects.exists()


def test_a_prompt_set_with_other_prompts_is_not_changed(tmp_path: Path) -> None:
    load(read_text(tmp_path, WHOLE))
    said = faults_of(tmp_path, WHOLE.replace("Guidance", "Another").replace("a red ring", "a blue ring"))
    assert "is there with other prompts" in said
    assert Prompt.objects.get().text == "a red ring"


def test_a_whole_design_comes_back_from_its_file(tmp_path: Path) -> None:
    study = ready_study(design=Study.Design.BASELINE, practice_trials=0, minimum_age=21, withdrawal="keep")
    study.conditions.filter(position=0).update(is_baseline=True)
    study.quiz_questions.create(question="Ready?", choices="Yes\nNo", answer=1, explanation="Say yes.")
    study.prompt_sets.update(selection=StudyPromptSet.Selection.DRAWN, number=2, note="Look **closely**.\n\nTwice.")
    QualityPlan.objects.create(study=study, gold_share=10, ties=90)
    study.earlier_studies.add(ready_study(name="Pilot"))
    path = tmp_path / "study.yaml"
    path.write_text(dump(study), encoding="utf-8")
    held = content(study)
    Study.objects.filter(pk=study.pk).update(name="Original")
    assert content(load(read(path))) == held


def test_example_pictures_lie_beside_the_file(tmp_path: Path) -> None:
    study = ready_study(name="With pictures")
    ExampleFactory.create(study=study)
    with pytest.raises(CannotDump, match="dump_study --out"):
        dump(study)
    path = tmp_path / "study.yaml"
    call_command("dump_study", study.name, out=path, stdout=io.StringIO())
    Study.objects.filter(pk=study.pk).update(name="Original")
    assert load(read(path)).examples.get().caption == "The star is missing."


def test_pictures_of_what_is_not_kept_are_deleted(tmp_path: Path, image_folder: Path) -> None:
    (tmp_path / "star.png").write_bytes(png())
    text = f"{WHOLE}examples: [{{file: star.png, caption: A star.}}]\n"
    load(read_text(tmp_path, text))
    load(read_text(tmp_path, text))
    assert len(list(image_folder.rglob("*.png"))) == 1
    faults_of(tmp_path, text.replace("Guidance", "Another") + "earlier_studies: [Nobody]\n")
    assert len(list(image_folder.rglob("*.png"))) == 1


def test_a_picture_elsewhere_is_not_read(tmp_path: Path) -> None:
    text = f"{WHOLE}examples: [{{file: ../secret.png, caption: x}}]\n"
    assert "must lie beside the study file" in faults_of(tmp_path, text)


def test_runs_draw_what_the_study_shows(tmp_path: Path) -> None:
    study = load(read_text(tmp_path, WHOLE.replace("[a red ring]", "[a red ring], seeds: 0-2")))
    (run,) = runs_of(study)
    assert (run.name, run.seeds, run.conditions.count()) == ("Guidance", "0, 1, 2", 2)
    assert runs_of(study) == [run]


def test_a_study_says_whom_its_negatives_come_from(tmp_path: Path) -> None:
    people = "  - {name: DNP, method: dnp, negatives: [{source: human, study: Captions}]}\n"
    chat = "  - {name: LLM, method: negative_prompt, negatives: [{source: llm, model: gpt}]}\n"
    study = load(read_text(tmp_path, WHOLE.replace("prompt_sets:", f"{people}{chat}prompt_sets:")))
    assert captioning_studies(study) == ["Captions"]
    assert models_asked(study) == {"gpt"}


def test_the_commands_load_and_dump(tmp_path: Path) -> None:
    path, said = tmp_path / "study.yaml", io.StringIO()
    path.write_text(WHOLE)
    call_command("load_study", str(path), stdout=said)
    assert "“Guidance”" in said.getvalue()
    written = io.StringIO()
    call_command("dump_study", "Guidance", stdout=written)
    assert "a red ring" in written.getvalue()
    with pytest.raises(CommandError, match="presets are"):
        call_command("load_study", "nothing")


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
NOTES = st.text("ab\n #:-*", max_size=40)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(prompts=st.lists(WORDS, min_size=1, max_size=3, unique=True), note=NOTES, wanted=st.integers(1, 99))
def test_a_file_comes_back_whatever_its_texts_are(tmp_path: Path, prompts: list[str], note: str, wanted: int) -> None:
    with transaction.atomic():
        study = ready_study(prompts=0, votes_wanted=wanted)
        prompt_set = PromptSet.objects.create(name="Words")
        Prompt.objects.bulk_create(Prompt(prompt_set=prompt_set, text=text) for text in prompts)
        StudyPromptSet.objects.create(study=study, prompt_set=prompt_set, note=note)
        text = dump(study)
        Study.objects.filter(pk=study.pk).update(name="Original")
        assert dump(load(read_text(tmp_path, text))) == text
        transaction.set_rollback(True)
