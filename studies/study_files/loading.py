"""From a study file to a draft, with the conditions and prompt sets that it names: all of it, or nothing."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Model

from generation import methods
from generation.models import Checkpoint, Condition, PromptSet
from studies.models import Criterion, QualityPlan, QuizQuestion, Study, StudyCondition, StudyPromptSet
from studies.study_files import keys
from studies.study_files.dumping import content
from studies.study_files.errors import BadStudyFile
from studies.study_files.examples import add_examples, discard_examples
from studies.study_files.keys import Keys
from studies.study_files.prompt_sets import PromptSetDiffers, chosen_pairs, ensure, strangers
from studies.study_files.reading import Faults, Part, PromptSetPart, StudyFile

TO_BE_WRITTEN = ("instructions", "consent")  # a draft may lack them; it cannot be published without


def load(file: StudyFile) -> Study:
    """The draft that a file describes; the study of that name where there is an equal one.

    Raises BadStudyFile, with nothing saved: where the site refuses something, or has another study of that name.
    """
    existing = Study.objects.filter(name=file.name).first()
    if existing is None:
        return _make(file, file.name)
    if _as_loaded(file) != content(existing) | {"name": ""}:
        raise BadStudyFile(
            file.path,
            [(file.study.place_of("name"), f"There is another study “{file.name}”. Give this one a name of its own.")],
        )
    return existing


def _as_loaded(file: StudyFile) -> dict[str, Any]:
    """What a study would hold that is made of the file, but for its name; nothing is left of it."""
    with transaction.atomic():
        study = _make(file, uuid.uuid4().hex)
        made = content(study) | {"name": ""}
        discard_examples(study)
        transaction.set_rollback(True)
    return made


@transaction.atomic
def _make(file: StudyFile, name: str) -> Study:
    faults: Faults = []
    conditions = [_condition(part, faults) for part in file.conditions]
    prompt_sets = [_prompt_set(one, faults) for one in file.prompt_sets]
    study = Study(**_fields(file.study, keys.STUDY, Study) | {"name": name})
    with _told(faults, file.study, keys.STUDY, Study):
        study.full_clean(exclude=TO_BE_WRITTEN)
    if faults:
        raise BadStudyFile(file.path, faults)
    study.save()
    _add_earlier(study, file.study, faults)
    _add_parts(study, file, conditions, prompt_sets, faults)
    if faults:
        discard_examples(study)
        raise BadStudyFile(file.path, faults)
    return study


def _add_parts(
    study: Study,
    file: StudyFile,
    conditions: "list[Condition | None]",
    prompt_sets: "list[PromptSet | None]",
    faults: Faults,
) -> None:
    add = _Adder(study, faults)
    for position, (part, condition) in enumerate(zip(file.conditions, conditions, strict=True)):
        add(StudyCondition, part, keys.CONDITION, condition=condition, position=position)
    for one, prompt_set in zip(file.prompt_sets, prompt_sets, strict=True):
        add(StudyPromptSet, one.part, keys.PROMPT_SET, prompt_set=prompt_set, **chosen_pairs(one.part))
        unknown = strangers(one.part, prompt_set) if prompt_set else []
        faults += [(one.part.place_of("pairs"), f"“{pair}”: this is no prompt of “{prompt_set}”.") for pair in unknown]
    for position, part in enumerate(file.criteria):
        add(Criterion, part, keys.CRITERION, position=position)
    for position, part in enumerate(file.quiz):
        add(QuizQuestion, part, keys.QUIZ_QUESTION, position=position, choices="\n".join(map(str, part.values["choices"])))
    if file.checks:
        add(QualityPlan, file.checks, keys.CHECKS)
    add_examples(study, file, faults)


class _Adder:
    """Adds parts of the design to a study, or their faults to the others."""

    def __init__(self, study: Study, faults: Faults) -> None:
        self.study, self.faults = study, faults

    def __call__(self, model: Callable[..., Any], part: Part, wanted: Keys, **own: Any) -> None:
        row = model(study=self.study, **_fields(part, wanted, model) | own)
        with _told(self.faults, part, wanted, type(row)):
            row.full_clean()
            row.save()


def _condition(part: Part, faults: Faults) -> Condition | None:
    checkpoint = None
    if part.values.get("method") != methods.IMPORTED:
        with _told(faults, part, keys.CONDITION, Checkpoint, about="checkpoint"):
            checkpoint = _checkpoint(_fields(part, keys.CONDITION, Checkpoint))
        if checkpoint is None:
            return None
    fields = _fields(part, keys.CONDITION, Condition) | {"checkpoint": checkpoint}
    with _told(faults, part, keys.CONDITION, Condition):
        Condition(**fields).clean_fields(exclude=["fingerprint", *(["size"] if checkpoint is None else [])])
        return Condition.objects.ensure(**fields)
    return None


def _checkpoint(fields: Mapping[str, Any]) -> Checkpoint:
    """The checkpoint of that name and revision, made if there is none. Raises ValidationError."""
    if not fields.get("name"):
        raise ValidationError({"name": "Name the checkpoint, here or in “drawn_with”."})
    wanted = Checkpoint(**fields)
    wanted.clean_fields()
    wanted.clean()  # which resolves the revision
    found = Checkpoint.objects.filter(name=wanted.name, revision=wanted.revision).first()
    if found is None:
        wanted.save()
        return wanted
    for name in ("safety_checker", "unscreened_because"):
        if name in fields and getattr(found, name) != fields[name]:
            raise ValidationError({name: f"The checkpoint {found} is there already, and is screened in another way."})
    return found


def _prompt_set(one: PromptSetPart, faults: Faults) -> PromptSet | None:
    try:
        return ensure(one)
    except PromptSetDiffers as error:
        faults.append((error.part.place_of(error.key), str(error)))
        return None


def _add_earlier(study: Study, part: Part, faults: Faults) -> None:
    for name in part.values.get("earlier_studies", []):
        if earlier := Study.objects.filter(name=name).first():
            study.earlier_studies.add(earlier)
        else:
            faults.append((part.place_of("earlier_studies"), f"There is no study “{name}”."))


def _fields(part: Part, wanted: Keys, model: Any) -> dict[str, Any]:
    """The values of a part that are fields of a model, by the names of the fields."""
    own = wanted.fields.get(model, {})
    return {name: part.values[key] for name, key in own.items() if key in part.values}


@contextmanager
def _told(faults: Faults, part: Part, wanted: Keys, model: type[Model], about: str = "") -> Iterator[None]:
    """Add what a model refuses to the faults, each at the key that it is about; `about` where the model does not say."""
    try:
        yield
    except ValidationError as error:
        said = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, sentences in said.items():
            key = wanted.fields.get(model, {}).get(name, about)
            faults.extend((part.place_of(key), _sentence(key, sentence)) for sentence in sentences)


def _sentence(key: str, sentence: str) -> str:
    return f"{key}: {sentence}" if key else sentence
