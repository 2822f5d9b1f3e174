"""Captions of people: accepted, they are what generation draws with."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from generation.models import Caption
from studies.allocation import open_session
from studies.caption_export import COLUMNS, caption_rows
from studies.captions import accept, counts, reject
from studies.errors import ImpossibleDecision, NoPlaceLeft, NotPublishable
from studies.exclusion import exclude, reinstate
from studies.models import Place, Session, Study, StudyCondition, Trial, WorkerCaption
from studies.publishing import add_votes, publish
from tests.captioning_study import captioning_study, draw_with
from tests.factories_generation import ConditionFactory
from tests.factories_studies import NOON, WorkerFactory, fetch_images, ready_study

pytestmark = pytest.mark.django_db


def described(study: Study, *texts: str, rehearsal: bool = False) -> list[WorkerCaption]:
    """A worker's words for the images of a session, one after the other; an empty text cannot describe it."""
    session = open_session(study, WorkerFactory.create(), rehearsal=rehearsal, now=NOON)
    for trial, text in zip(session.trials.open().order_by("number"), texts, strict=False):
        fetch_images(trial)
        trial.describe(text, NOON)
    return list(WorkerCaption.objects.filter(trial__session=session).order_by("trial__number"))


def test_an_accepted_caption_is_that_of_people_for_the_image_that_was_shown() -> None:
    study = captioning_study(prompts=1)
    (caption,) = described(study, "a green ring")
    assert accept([caption], "ada", NOON).accepted == 1
    kept = Caption.objects.get()
    assert (kept.captioner, kept.text, kept.state) == ("people: Captions", "a green ring", Caption.State.DONE)
    assert kept.image == caption.trial.comparison.images.get().source
    assert kept.provenance["worker"] == caption.trial.worker.pseudonym
    assert kept.provenance["accepted_by"] == "ada"


def test_what_cannot_be_described_is_counted() -> None:
    study = captioning_study(prompts=2)
    accept(described(study, "", "a ring"), "ada", NOON)
    (count,) = counts(study, rehearsal=False)
    assert (count.images, count.answered, count.indescribable) == (2, 2, 1)
    assert Caption.objects.indescribable().get().text == ""


def test_an_image_has_one_accepted_caption_of_a_study() -> None:
    study = captioning_study(prompts=1)
    first = described(study, "a green ring")
    add_votes(study, 1)
    second = described(study, "a wheel")
    assert accept(first + second, "ada", NOON).left == 1
    assert Caption.objects.get().text == "a green ring"


def test_rehearsal_never_speaks_for_people() -> None:
    study = captioning_study(prompts=1)
    described(study, "a ring", rehearsal=True)
    call_command("accept_captions", study.name, stdout=StringIO())
    assert not Caption.objects.exists()
    call_command("accept_captions", study.name, rehearsal=True, stdout=StringIO())
    assert Caption.objects.get().captioner == "people: Captions (rehearsal)"
    assert study.log.filter(action="captions").count() == 2


def test_a_rejected_caption_gives_its_place_to_somebody_else() -> None:
    study = captioning_study(prompts=1)
    (caption,) = described(study, "asdf")
    assert reject([caption], "ada", NOON) == 1
    assert Place.objects.of(study, rehearsal=False).get().free
    with pytest.raises(NoPlaceLeft):
        open_session(study, caption.trial.worker, rehearsal=False, now=NOON)
    assert described(study, "a green ring")[0].text == "a green ring"
    with pytest.raises(ImpossibleDecision, match="rejected already"):
        reject([caption], "ada", NOON)
    assert accept([caption], "ada", NOON).left == 1
    assert not Caption.objects.exists()


def test_an_accepted_caption_may_be_rejected_until_an_image_is_drawn_with_it() -> None:
    study = captioning_study(prompts=2)
    drawn, unused = described(study, "a ring", "a wheel")
    accept([drawn, unused], "ada", NOON)
    draw_with(drawn)
    with pytest.raises(ImpossibleDecision, match="images are drawn with it"):
        reject([unused, drawn], "bob", NOON)
    assert Caption.objects.count() == 2
    reject([unused], "bob", NOON)
    assert Caption.objects.get().text == "a ring"
    assert Place.objects.of(study, rehearsal=False).free().get() == unused.trial.place


def test_a_worker_who_withdraws_takes_along_all_but_what_images_are_drawn_with() -> None:
    study = captioning_study(prompts=3)
    drawn, accepted, _pending = described(study, "a ring", "a wheel", "a star")
    accept([drawn, accepted], "ada", NOON)
    draw_with(drawn)
    drawn.trial.session.withdraw(NOON)
    assert WorkerCaption.objects.get() == drawn
    assert Trial.objects.done().get() == drawn.trial
    assert Caption.objects.get().text == "a ring"


def test_the_captions_of_an_excluded_worker_do_not_count_but_those_that_images_are_drawn_with() -> None:
    study = captioning_study(prompts=3)
    drawn, accepted, pending = described(study, "a ring", "a wheel", "a star")
    accept([drawn, accepted], "ada", NOON)
    draw_with(drawn)
    said = exclude(study, drawn.trial.worker, "copied", "ada", NOON)
    assert said.endswith(
        "2 trials do not count any more, and their places are free again. Captions that stay, as images are drawn with them: 1."
    )
    assert accept([accepted, pending], "ada", NOON).accepted == 0
    with pytest.raises(ImpossibleDecision, match="its worker is excluded"):
        reject([pending], "ada", NOON)
    assert Caption.objects.get().text == "a ring"
    assert [row[COLUMNS.index("excluded")] for row in caption_rows(study, rehearsal=False)] == ["", "copied", "copied"]


def test_words_of_a_worker_who_is_excluded_no_more_wait_for_a_decision_again() -> None:
    study = captioning_study(prompts=1)
    (caption,) = described(study, "a ring")
    accept([caption], "ada", NOON)
    exclude(study, caption.trial.worker, "copied", "ada", NOON)
    reinstate(study, caption.trial.worker, "ada", NOON)
    assert WorkerCaption.objects.pending().get() == caption


def test_an_answer_that_was_taken_back_meanwhile_is_left_alone() -> None:
    study = captioning_study(prompts=2)
    (caption,) = described(study, "a ring")
    caption.trial.undo(NOON)
    assert accept([caption], "ada", NOON).left == 1
    assert reject([caption], "ada", NOON) == 0
    assert Trial.objects.open().count() == 2


def test_the_file_of_captions_says_what_was_seen_and_decided() -> None:
    study = captioning_study(prompts=1)
    accept(described(study, "a green ring"), "ada", NOON)
    (row,) = (dict(zip(COLUMNS, row, strict=True)) for row in caption_rows(study, rehearsal=False))
    assert (row["caption"], row["indescribable"], row["decision"]) == ("a green ring", 0, "accepted")
    assert (row["prompt"], row["seed"], row["answered_at"]) == ("a red circle and a blue star", 0, "2026-03-01T12:00:00Z")


def test_images_for_captions_alone_cannot_be_voted_on() -> None:
    row = StudyCondition(study=ready_study(), condition=ConditionFactory.create(method="dns"), printed_name="DNS")
    with pytest.raises(ValidationError, match="not to be voted on"):
        row.clean()


def test_a_captioning_study_has_one_condition_and_no_questions() -> None:
    study = ready_study(design=Study.Design.ALONE)
    with pytest.raises(NotPublishable) as refused:
        publish(study, NOON)
    assert any("one condition; this one has 2" in sentence for sentence in refused.value.sentences)
    assert any("take its criteria out" in sentence for sentence in refused.value.sentences)


@pytest.mark.parametrize("command", ["accept_captions", "export_captions"])
def test_a_study_of_votes_has_no_captions(command: str) -> None:
    with pytest.raises(CommandError, match="study of votes"):
        call_command(command, ready_study().name)


def test_a_captioning_study_has_no_votes() -> None:
    with pytest.raises(CommandError, match="asks for captions, not for votes"):
        call_command("export_votes", captioning_study(prompts=1).name)


def test_the_export_counts_what_cannot_be_described_by_prompt_set() -> None:
    study = captioning_study(prompts=1)
    accept(described(study, ""), "ada", NOON)
    told = StringIO()
    call_command("export_captions", study.name, stdout=StringIO(), stderr=told)
    assert "1 of 1 images have an accepted answer; 1 of these cannot be described." in told.getvalue()


def test_a_captioning_study_cannot_be_called_like_the_rehearsal_of_another() -> None:
    with pytest.raises(NotPublishable) as refused:
        captioning_study(name="Captions (rehearsal)")
    assert "could not be told from those of a rehearsal" in str(refused.value)


def test_a_session_ends_when_every_image_is_described() -> None:
    study = captioning_study(prompts=2)
    described(study, "a ring", "")
    assert Session.objects.get().state == Session.State.DONE
