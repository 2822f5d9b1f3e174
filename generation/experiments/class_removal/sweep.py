"""All settings of one class: three methods over a sweep of λ₀, and SLD over its threshold at high safety."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.denoisers.class_pair import ClassPair
from generation.experiments.class_removal.classifier import Classifier, features_of
from generation.experiments.class_removal.data import DataSet
from generation.experiments.class_removal.drawing import Drawn, Setting, drawn
from generation.experiments.class_removal.measures import Measures, Yardstick, measure, rejected
from generation.experiments.class_removal.recipes import Recipe

UNGUIDED = Setting(method="cfg", scale=0.0)
NP, SLD, DNG = "np_uncond", "sld", "dng"
# λ₀ near .5 for NP and SLD and near 5 for DNG (App. D.2), and as far to both sides as images keep changing.
SCALES = {
    NP: (0.1, 0.25, 0.5, 1.0),
    SLD: (0.25, 0.5, 1.0, 1.5),
    DNG: (0.5, 1.0, 2.5, 5.0),
}
THRESHOLDS = (-0.04, 0.0, 0.04, 0.16)  # SLD's, around the paper's .04
THRESHOLD_SCALE = 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """One class to remove: its models, what judges the images, and how many are drawn in how many steps of each setting.

    folder: where drawn images are kept.
    """

    data: DataSet
    recipe: Recipe
    pair: ClassPair
    classifier: Classifier
    label: int
    images: int
    evaluations: int
    folder: Path

    @property
    def name(self) -> str:
        return self.data.classes[self.label]

    @property
    def yardstick(self) -> Yardstick:
        real = features_of(self.classifier, self.data.train.without(self.label)).double().numpy()
        return Yardstick(len(self.data.classes), self.label, real)

    def draw(self, setting: Setting) -> Drawn:
        """The images of a setting; those without guidance are the same for every class, and kept once."""
        place = self.folder if setting == UNGUIDED else self.folder / f"class-{self.label}"
        return drawn(self.pair, self.classifier, setting, self.images, self.evaluations, place)


@dataclass(frozen=True)
class Point:
    """One setting with its measures."""

    setting: Setting
    measures: Measures


@dataclass(frozen=True)
class Removal:
    """The measures of one class: without guidance, without guidance and the images of the class, and of every setting."""

    label: int
    name: str
    unguided: Measures
    rejected: Measures
    sweep: list[Point]


def setting_of(method: str, scale: float, study: Study, **others: Any) -> Setting:
    """A method's setting that leads away from the study's class, with the paper's values for what is not swept."""
    own: dict[str, dict[str, Any]] = {
        NP: {"negative": study.name},
        SLD: {"preset": "class_removal", "concept": study.name},
        DNG: {"preset": study.recipe.preset, "negative": study.name},
    }
    return Setting(method=method, scale=scale, others=tuple(sorted({**own[method], **others}.items())))


def remove(study: Study) -> Removal:
    """Draw and measure the class's sweep; what was drawn before is measured again only."""
    yardstick, unguided = study.yardstick, study.draw(UNGUIDED)
    settings = [setting_of(method, scale, study) for method, scales in SCALES.items() for scale in scales]
    return Removal(
        study.label,
        study.name,
        measure(unguided, yardstick),
        measure(rejected(unguided, study.label), yardstick),
        [Point(setting, measure(study.draw(setting), yardstick)) for setting in settings],
    )


def search_threshold(study: Study) -> list[Point]:
    """SLD at high safety over its threshold θ (Fig. 11)."""
    settings = [setting_of(SLD, THRESHOLD_SCALE, study, threshold=threshold) for threshold in THRESHOLDS]
    return [Point(setting, measure(study.draw(setting), study.yardstick)) for setting in settings]
