"""The classifier of the bundled world: which coloured shape a picture shows; of several, each is as probable.

It starts from the captioner's vision tower, which is the same network under other names and knows the shapes already.
"""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional
from transformers import BlipVisionModel, ViTConfig, ViTForImageClassification, ViTImageProcessor

from generation.bundled.training.captioner import HEADS, LAYERS, WIDTH, train_captioner
from generation.bundled.training.loop import Plan, train
from generation.bundled.training.reading import BATCH, PATCH, Pool, in_bfloat16
from generation.bundled.training.scenes import ALL_ENTITIES
from generation.bundled.world import SIZE, Scene

STEPS = 4000
RATE = 5e-4
CLASSES = tuple(f"{entity.color} {entity.shape}" for entity in ALL_ENTITIES)
BLIP_TO_VIT = {
    "encoder.layers": "layers",
    "embeddings.class_embedding": "embeddings.cls_token",
    "embeddings.position_embedding": "embeddings.position_embeddings",
    "embeddings.patch_embedding.": "embeddings.patch_embeddings.projection.",
    "self_attn.projection": "attention.o_proj",
    "self_attn": "attention",
    "layer_norm1": "layernorm_before",
    "layer_norm2": "layernorm_after",
    "post_layernorm": "layernorm",
}


def new_classifier() -> ViTForImageClassification:
    """A vision transformer whose classes are the coloured shapes, of the captioner's sizes."""
    config = ViTConfig(
        image_size=SIZE,
        patch_size=PATCH,
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        layer_norm_eps=1e-5,
        id2label=dict(enumerate(CLASSES)),
        label2id={name: number for number, name in enumerate(CLASSES)},
    )
    return ViTForImageClassification(config)


def start_from(classifier: ViTForImageClassification, tower: BlipVisionModel) -> None:
    """Give the classifier's transformer the weights of a BLIP's vision tower, so that both see the same."""
    weights: dict[str, Tensor] = {}
    for name, weight in tower.state_dict().items():
        for blip, vit in BLIP_TO_VIT.items():
            name = name.replace(blip, vit)
        if "qkv" in name:
            weights |= {name.replace("qkv", f"{part}_proj"): third for part, third in zip("qkv", weight.chunk(3), strict=True)}
        else:
            weights[name] = weight
    classifier.vit.load_state_dict(weights)


def new_image_processor() -> ViTImageProcessor:
    """Pictures as the classifier takes them, at their own size and scaled to −1..1."""
    return ViTImageProcessor(size={"height": SIZE, "width": SIZE}, image_mean=[0.5] * 3, image_std=[0.5] * 3)


def shares(scene: Scene) -> Tensor:
    """The probability of each class if one of the scene's entities is drawn at random, shape (classes,)."""
    share = torch.zeros(len(CLASSES))
    share[[ALL_ENTITIES.index(entity) for entity in scene.entities]] = 1 / len(scene.entities)
    return share


def train_classifier(folder: Path, pool: Pool, tower: BlipVisionModel, steps: int = STEPS) -> ViTForImageClassification:
    """Train, or go on training, the classifier from the captioner's tower.

    A label drawn at random from a scene's entities at each step would teach it their shares; the shares themselves teach it
    the same with less noise.
    """
    torch.manual_seed(0)
    classifier = new_classifier()
    start_from(classifier, tower)
    wanted = torch.stack([shares(scene) for scene in pool.scenes])

    def loss_of(_step: int) -> Tensor:
        rows = torch.randint(len(pool.scenes), (BATCH,))
        with in_bfloat16():
            return functional.cross_entropy(classifier(pool.pixels(rows)).logits, wanted[rows])

    return train(Plan("classifier", steps, RATE, folder), classifier, loss_of)


def save_classifier(work: Path, pool: Pool, folder: Path) -> None:
    """Train, or go on training, the classifier and save it with its image processor, at half precision."""
    tower = train_captioner(work, pool).vision_model
    train_classifier(work, pool, tower).half().save_pretrained(folder)
    new_image_processor().save_pretrained(folder)
