"""A convolutional classifier trained from nothing: which class an image is of, and the features that FID compares."""

from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn

from generation.bundled.training.loop import Plan, train
from generation.experiments.class_removal.data import DataSet, Labelled
from generation.experiments.class_removal.recipes import Recipe

FEATURES = 64  # fewer than the images of a setting, or their covariance would be singular
RATE, BATCH = 2e-3, 64
MOST_AT_ONCE = 2000  # images


class Classifier(nn.Module):
    """Stages of convolutions, each of half the size of the one before; a layer of features; one of classes."""

    def __init__(self, recipe: Recipe, classes: int) -> None:
        super().__init__()
        channels = (recipe.channels, *recipe.classifier_widths)
        side = recipe.size // 2 ** len(recipe.classifier_widths)
        stages = [_stage(before, after) for before, after in pairwise(channels)]
        self.body = nn.Sequential(*stages, nn.Flatten(), nn.Linear(channels[-1] * side**2, FEATURES), nn.ReLU())
        self.head = nn.Sequential(nn.Dropout(0.25), nn.Linear(FEATURES, classes))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.body(images))
        return logits


def _stage(before: int, after: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1),
        nn.BatchNorm2d(after),
        nn.ReLU(),
        nn.Conv2d(after, after, 3, padding=1),
        nn.BatchNorm2d(after),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


def train_classifier(recipe: Recipe, data: DataSet, folder: Path) -> Classifier:
    """Trained on the training images, or taken from where an earlier call stopped."""
    torch.manual_seed(0)
    classifier = Classifier(recipe, len(data.classes))

    def loss_of(_step: int) -> Tensor:
        chosen = torch.randint(len(data.train.labels), (BATCH,))
        return nn.functional.cross_entropy(classifier(data.train.images[chosen]), data.train.labels[chosen])

    plan = Plan("classifier", recipe.classifier_steps, RATE, folder, averaging=0.9)
    return train(plan, classifier, loss_of).requires_grad_(False)


def features_of(classifier: Classifier, images: Tensor) -> Tensor:
    """The features of images, shape (images, FEATURES)."""
    return torch.cat([classifier.body(part) for part in images.split(MOST_AT_ONCE)])


def classes_of(classifier: Classifier, features: Tensor) -> Tensor:
    """The likeliest class of each image by its features, shape (images,)."""
    classes: Tensor = classifier.head(features).argmax(1)
    return classes


def accuracy(classifier: Classifier, labelled: Labelled) -> float:
    """The share of images whose class is found."""
    found = classes_of(classifier, features_of(classifier, labelled.images))
    return float((found == labelled.labels).double().mean())
