"""The bundled world: scenes of one to three coloured shapes, and the prompts that describe them.

Prompts follow the Attend-and-Excite templates ("a {colorA} {objectA} and a {colorB} {objectB}"); the colours are those of
Desai & Vasconcelos (ECCV 2024), Table 1. A *flagged* shape stands in for NSFW content, so that screening can be shown on
harmless images.
"""

import itertools
import random
import zlib
from dataclasses import dataclass

COLORS = {
    "red": (220, 40, 40),
    "orange": (245, 140, 30),
    "yellow": (250, 215, 50),
    "green": (50, 165, 75),
    "blue": (45, 90, 210),
    "purple": (135, 60, 175),
    "pink": (250, 150, 190),
    "brown": (125, 75, 40),
    "gray": (125, 125, 130),
    "black": (25, 25, 30),
    "white": (252, 252, 252),
}
SHAPES = ("circle", "square", "triangle", "star", "heart", "cross", "ring", "diamond")
FLAGGED_SHAPE = "moon"
ALL_SHAPES = (*SHAPES, FLAGGED_SHAPE)
BLURRY = "blurry"
GROUND = (160, 196, 204)
SIZE = 64
MARGIN = 2
GAP = 6
RADII = {1: (10.0, 16.0), 2: (9.0, 13.0), 3: (9.0, 11.0)}


class NotOfThisWorld(ValueError):
    """A prompt that does not describe one to three shapes of the bundled world."""


@dataclass(frozen=True, order=True)
class Entity:
    """A shape and its colour; a colour of None is one that the prompt leaves open."""

    shape: str
    color: str | None = None

    def phrase(self) -> str:
        """The noun phrase with its article: "an orange star"."""
        words = f"{self.color} {self.shape}" if self.color else self.shape
        return f"an {words}" if words[0] in "aeiou" else f"a {words}"


@dataclass(frozen=True)
class Placed:
    """An entity in a scene: centre and radius in pixels."""

    entity: Entity
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Scene:
    """What a picture shows: placed entities, sharp or blurry."""

    placed: tuple[Placed, ...]
    blurry: bool = False

    @property
    def entities(self) -> tuple[Entity, ...]:
        return tuple(p.entity for p in self.placed)


def prompt_of(entities: tuple[Entity, ...], blurry: bool = False) -> str:
    """The prompt in the Attend-and-Excite template: "a red circle, a ring and a blue star"."""
    phrases = [entity.phrase() for entity in entities]
    text = " and ".join([", ".join(phrases[:-1]), phrases[-1]]) if len(phrases) > 1 else phrases[0]
    return f"{text}, {BLURRY}" if blurry else text


def entities_of(prompt: str) -> tuple[Entity, ...]:
    """The entities that a prompt of this world names, in its order.

    Raises NotOfThisWorld for any other text.
    """
    text = prompt.strip().removesuffix(f", {BLURRY}")
    phrases = [phrase for part in text.split(" and ") for phrase in part.split(", ")]
    if not 1 <= len(phrases) <= max(RADII):
        raise NotOfThisWorld(f"“{prompt}” does not name one to {max(RADII)} shapes.")
    return tuple(_entity(phrase, prompt) for phrase in phrases)


def _entity(phrase: str, prompt: str) -> Entity:
    article, *words = phrase.split() or [""]
    color, shape = (words[0], words[1]) if len(words) == 2 else (None, words[0] if len(words) == 1 else "")
    if article not in ("a", "an") or shape not in ALL_SHAPES or (color is not None and color not in COLORS):
        raise NotOfThisWorld(
            f"“{phrase}” in “{prompt}” is not a shape of the bundled world; write “a COLOUR SHAPE” "
            f"with a colour of {', '.join(COLORS)} and a shape of {', '.join(ALL_SHAPES)}."
        )
    return Entity(shape, color)


ENTITIES = tuple(Entity(shape, color) for shape in SHAPES for color in COLORS)
# One shape of eight colours is never rendered in training at all: the test of single entities.
NEVER_TRAINED = frozenset(Entity(shape, color) for shape, color in zip(SHAPES, COLORS, strict=False))
HELD_OUT_PERCENT = 20


def is_held_out(entities: tuple[Entity, ...]) -> bool:
    """Whether this combination must stay out of training.

    True if an entity was never trained, or if two entities are one of the pairs (a fifth of all) never trained in one scene.
    """
    if NEVER_TRAINED & set(entities):
        return True
    return any(_held_out_pair(a, b) for a, b in itertools.combinations(entities, 2))


def _held_out_pair(a: Entity, b: Entity) -> bool:
    name = "+".join(f"{e.color} {e.shape}" for e in sorted((a, b)))
    return zlib.crc32(name.encode()) % 100 < HELD_OUT_PERCENT


def place(entities: tuple[Entity, ...], draw: random.Random, blurry: bool = False) -> Scene:
    """A scene with these entities at random places and sizes, none nearer to another than GAP pixels."""
    low, high = RADII[len(entities)]
    while True:
        placed = tuple(_anywhere(entity, draw.uniform(low, high), draw) for entity in entities)
        if all(_apart(a, b) for a, b in itertools.combinations(placed, 2)):
            return Scene(placed, blurry)


def _anywhere(entity: Entity, radius: float, draw: random.Random) -> Placed:
    edge = radius + MARGIN
    return Placed(entity, draw.uniform(edge, SIZE - edge), draw.uniform(edge, SIZE - edge), radius)


def _apart(a: Placed, b: Placed) -> bool:
    return bool((a.x - b.x) ** 2 + (a.y - b.y) ** 2 >= (a.radius + b.radius + GAP) ** 2)
