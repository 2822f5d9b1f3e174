"""Studies for tests: drafts that lack nothing, and published ones, with tiny real images."""

from datetime import UTC, datetime
from typing import Any

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory, FileField

from generation.models import Prompt
from studies import models
from studies.models.worker import hashed
from studies.publishing import add_places, publish
from tests.factories_generation import ConditionFactory, ImageFactory, PromptFactory, PromptSetFactory, png
from tests.prepared import prepared

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class StudyFactory(DjangoModelFactory[models.Study]):
    class Meta:
        model = models.Study

    name = Sequence(lambda n: f"Study {n}")
    instructions = "Choose an image."
    consent = "You may stop at any time."
    votes_wanted = 2


class StudyConditionFactory(DjangoModelFactory[models.StudyCondition]):
    class Meta:
        model = models.StudyCondition

    study = SubFactory(StudyFactory)
    condition = SubFactory(ConditionFactory)
    printed_name = Sequence(lambda n: f"Method {n}")
    position = Sequence(int)


class StudyPromptSetFactory(DjangoModelFactory[models.StudyPromptSet]):
    class Meta:
        model = models.StudyPromptSet

    study = SubFactory(StudyFactory)
    prompt_set = SubFactory(PromptSetFactory)


class CriterionFactory(DjangoModelFactory[models.Criterion]):
    class Meta:
        model = models.Criterion

    study = SubFactory(StudyFactory)
    name = Sequence(lambda n: f"criterion-{n}")
    question = "Which one?"
    position = Sequence(int)


class WorkerFactory(DjangoModelFactory[models.Worker]):
    class Meta:
        model = models.Worker

    channel = "local"
    hashed_id = Sequence(lambda n: hashed("local", f"browser-{n}"))


class QuizQuestionFactory(DjangoModelFactory[models.QuizQuestion]):
    class Meta:
        model = models.QuizQuestion

    study = SubFactory(StudyFactory)
    question = Sequence(lambda n: f"Question {n}?")
    choices = "One\nThe other"
    position = Sequence(int)


class ExampleFactory(DjangoModelFactory[models.Example]):
    class Meta:
        model = models.Example

    study = SubFactory(StudyFactory)
    file = FileField(filename="example.png", data=png())
    caption = "The star is missing."
    position = Sequence(int)


class PersonalLinkFactory(DjangoModelFactory[models.PersonalLink]):
    """An invitation."""

    class Meta:
        model = models.PersonalLink

    study = SubFactory(StudyFactory)
    channel_id = Sequence(lambda n: f"invited-{n}")
    worker = LazyAttribute(lambda link: models.Worker.objects.known_as("local", link.channel_id))
    name = Sequence(lambda n: f"Person {n}")


def add_prompt_set(study: models.Study, *, prompts: int, **fields: Any) -> list[Prompt]:
    """Prompts of a new prompt set of the study, with done images of seed 0 for each of its conditions."""
    chosen = StudyPromptSetFactory.create(study=study, **fields)
    made: list[Prompt] = PromptFactory.create_batch(prompts, prompt_set=chosen.prompt_set)
    for prompt in made:
        for row in study.conditions.all():
            ImageFactory.create(prompt=prompt, seed=0, condition=row.condition, with_file=True)
    return made


@prepared
def ready_study(*, conditions: int = 2, prompts: int = 3, **fields: Any) -> models.Study:
    """A draft that can be published: conditions "Method A", "Method B" …, correctness and quality, a prompt set."""
    study = StudyFactory.create(**fields)
    for position, letter in enumerate("ABCD"[:conditions]):
        StudyConditionFactory.create(study=study, printed_name=f"Method {letter}", position=position)
    for position, name in enumerate(["correctness", "quality"]):
        CriterionFactory.create(study=study, name=name, position=position)
    if prompts:
        add_prompt_set(study, prompts=prompts)
    return study


@prepared
def published_study(*, conditions: int = 2, prompts: int = 3, **fields: Any) -> models.Study:
    """The same, published."""
    study = ready_study(conditions=conditions, prompts=prompts, **fields)
    publish(study, NOON)
    return study


@prepared
def study_with_places(*, comparisons: int, **fields: Any) -> models.Study:
    """A published study of one prompt set and two conditions in rows alone, without images: large ones are quick to make."""
    study = ready_study(prompts=0, **fields)
    prompt_set = StudyPromptSetFactory.create(study=study).prompt_set
    prompts = Prompt.objects.bulk_create(Prompt(prompt_set=prompt_set, text=f"prompt {n}") for n in range(comparisons))
    models.Comparison.objects.bulk_create(
        models.Comparison(study=study, prompt=prompt, seed=0, together="0,1") for prompt in prompts
    )
    add_places(study, study.votes_wanted)
    study.state = models.Study.State.PUBLISHED
    study.save()
    return study


def fetch_images(trial: models.Trial) -> None:
    """Do as if the worker's browser had fetched every image."""
    for position in range(1, len(trial.shown) + 1):
        trial.mark_fetched(position)


def shown_conditions(trial: models.Trial) -> list[models.StudyCondition]:
    """A trial's conditions, Image 1 first."""
    conditions = models.StudyCondition.objects.in_bulk(trial.shown)
    return [conditions[pk] for pk in trial.shown]


def progress_of(session: models.Session) -> models.Progress:
    """How many of a session's trials are answered, of how many."""
    states = [trial.state for trial in session.trials.all()]
    return models.Progress(states.count("done"), len(states))


def images_of(trial: models.Trial) -> list[models.ComparisonImage]:
    """A trial's images, Image 1 first."""
    images = {image.condition_id: image for image in trial.comparison.images.all()}
    return [images[pk] for pk in trial.shown]


def choose_first(trial: models.Trial) -> dict[models.Criterion, models.StudyCondition | None]:
    """A vote for Image 1 on every criterion, by somebody who has seen every image."""
    fetch_images(trial)
    return dict.fromkeys(trial.session.study.criteria.all(), shown_conditions(trial)[0])
