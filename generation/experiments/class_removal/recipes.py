"""How large the networks of each data set are, how long they learn, and how images are drawn from them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The networks and the training of one data set.

    size, channels: of the images. widths: channels of the UNet's stages, each of half the size of the one before.
    attends: whether the UNet has attention at its smallest stage but one. steps, one_class_steps: of batches of `batch`.
    classifier_widths, classifier_steps: the same of the classifier. evaluations: the steps of sampling.
    preset: of dynamic negative guidance, the paper's Table 1.
    """

    size: int
    channels: int
    widths: tuple[int, ...]
    attends: bool
    steps: int
    one_class_steps: int
    batch: int
    classifier_widths: tuple[int, ...]
    classifier_steps: int
    evaluations: int
    preset: str


RECIPES = {
    "digits": Recipe(
        size=8,
        channels=1,
        widths=(16, 32, 64),
        attends=False,
        steps=5000,
        one_class_steps=1500,
        batch=64,
        classifier_widths=(32, 64),
        classifier_steps=1200,
        evaluations=200,
        preset="mnist",
    ),
    "mnist": Recipe(
        size=32,
        channels=1,
        widths=(32, 64, 64, 64),
        attends=True,
        steps=40_000,
        one_class_steps=10_000,
        batch=128,
        classifier_widths=(32, 64, 64),
        classifier_steps=4000,
        evaluations=999,
        preset="mnist",
    ),
    "cifar10": Recipe(
        size=32,
        channels=3,
        widths=(128, 256, 256, 256),
        attends=True,
        steps=400_000,
        one_class_steps=100_000,
        batch=128,
        classifier_widths=(64, 128, 256),
        classifier_steps=30_000,
        evaluations=999,
        preset="cifar10",
    ),
}
