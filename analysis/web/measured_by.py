"""Which models measure a study's images, and where they are found."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from django.conf import settings

from analysis.automatic.not_measurable import NotMeasurable
from generation.digests import digest_of
from generation.pretrained import BUNDLED, CLASSIFIER, CLIP, ModelNotFound, resolve_revision, source_of
from studies.models import Study

SCRIPT = ".pt"
INCEPTION = "https://nvlabs-fi-cdn.nvidia.com/stylegan2-ada-pytorch/pretrained/metrics/inception-2015-12-05.pt"
NO_CLASSIFIER = (
    f"There is no classifier: download {INCEPTION}, and set EVALSITE_CLASSIFIER to that file; or set it to the folder or hub "
    f"name of an image classifier of transformers."
)
VARIABLES = {CLIP: "EVALSITE_CLIP", CLASSIFIER: "EVALSITE_CLASSIFIER"}


@dataclass(frozen=True)
class MeasuredBy:
    """Names of models, each with or without “@revision”, and a folder of real images; "" where there is none."""

    clip: str
    classifier: str
    reference: str


@dataclass(frozen=True)
class Found:
    """What to load; the label is kept with every number that the model gave."""

    source: str
    revision: str
    label: str


def usual_for(study: Study) -> MeasuredBy:
    """The bundled models and rendered scenes where the bundled model alone drew the images, else what the settings say."""
    names = set(study.conditions.values_list("condition__checkpoint__name", flat=True))
    if names == {BUNDLED}:
        return MeasuredBy(BUNDLED, BUNDLED, "")
    return MeasuredBy(settings.CLIP, settings.CLASSIFIER, settings.FID_REFERENCE)


def found(kind: str, told: str) -> Found:
    """The model of a kind, CLIP or CLASSIFIER, by its name or name@revision. Raises NotMeasurable."""
    name, _, revision = told.partition("@")
    if kind == CLASSIFIER and not name:
        raise NotMeasurable(NO_CLASSIFIER)
    if kind == CLASSIFIER and name.endswith(SCRIPT):
        return _script(name)
    try:
        resolved = resolve_revision(kind, name, revision)
        return Found(source_of(kind, name), resolved, f"{_without_folder(name)}@{resolved}")
    except ModelNotFound as error:
        raise NotMeasurable(f"{error} {VARIABLES[kind]} names the model.") from error


def _script(name: str) -> Found:
    path = Path(name)
    if not path.is_file():
        raise NotMeasurable(f"There is no file {path}. {NO_CLASSIFIER}")
    revision = digest_of(path)
    return Found(str(path), revision, f"{path.name}@{revision}")


def _without_folder(name: str) -> str:
    """Of a model on disk the last part: where it lies says something of the machine."""
    return PurePath(name).name if PurePath(name).is_absolute() else name
