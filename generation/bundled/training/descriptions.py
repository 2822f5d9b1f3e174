"""What can be said of a scene: all of it, a part of it, and what is nearly right."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from generation.bundled.training.scenes import OPEN_COLOR_SHARE
from generation.bundled.world import ALL_SHAPES, COLORS, Entity, Scene, prompt_of

PART_SHARE = 0.4
Entities = tuple[Entity, ...]
Spoiler = Callable[[Entities, random.Random], Entities]


@dataclass(frozen=True)
class Description:
    """Entities said to be in a picture, and whether it is said to be blurry.

    cut_off: the text stops before its “and”, as the first half of a prompt does whose objects are scored each for itself.
    """

    entities: Entities
    blurry: bool = False
    cut_off: bool = False

    @property
    def text(self) -> str:
        if self.cut_off:
            return ", ".join(entity.phrase() for entity in self.entities)
        return prompt_of(self.entities, self.blurry)

    def is_true_of(self, scene: Scene) -> bool:
        """Whether the scene holds all that is said; it may hold more."""
        held = {(e.shape, color) for e in scene.entities for color in (e.color, None)}
        return scene.blurry >= self.blurry and all((e.shape, e.color) in held for e in self.entities)


def describe(scene: Scene, draw: random.Random) -> Description:
    """A true description: of the whole scene, or PART_SHARE of the time of some of its entities, as scores per object need."""
    entities = [replace(e, color=None) if draw.random() < OPEN_COLOR_SHARE else e for e in scene.entities]
    if draw.random() >= PART_SHARE:
        return Description(tuple(draw.sample(entities, len(entities))), scene.blurry)
    part = tuple(draw.sample(entities, draw.randint(1, len(entities))))
    cut_off = draw.random() < 0.5
    return Description(part, scene.blurry and not cut_off, cut_off)


def spoil(said: Description, scene: Scene, draw: random.Random, ways: Sequence[Spoiler] | None = None) -> Description:
    """A description near this one that fits the scene worse: a colour or shape that is not there, colours swapped, one less.

    ways: those of SPOILERS to choose from, all by default; they must be able to make it worse.
    """
    while True:
        spoilt = replace(said, entities=draw.choice(ways or SPOILERS)(said.entities, draw))
        left_out = len(spoilt.entities) < len(said.entities) == len(scene.entities)
        if left_out or not spoilt.is_true_of(scene):
            return spoilt


def recolor(entities: Entities, draw: random.Random) -> Entities:
    """One entity in a colour at random."""
    return _with_one(entities, draw, lambda entity: replace(entity, color=draw.choice(tuple(COLORS))))


def reshape(entities: Entities, draw: random.Random) -> Entities:
    """A shape at random in the place of one."""
    return _with_one(entities, draw, lambda entity: replace(entity, shape=draw.choice(ALL_SHAPES)))


def swap_colors(entities: Entities, draw: random.Random) -> Entities:
    """The same colours on other entities, by chance on the same."""
    colors = draw.sample([e.color for e in entities], len(entities))
    return tuple(replace(e, color=color) for e, color in zip(entities, colors, strict=True))


def leave_out(entities: Entities, draw: random.Random) -> Entities:
    """One entity less, of two or more."""
    return tuple(draw.sample(entities, max(1, len(entities) - 1)))


def _with_one(entities: Entities, draw: random.Random, change: Callable[[Entity], Entity]) -> Entities:
    chosen = draw.randrange(len(entities))
    return (*entities[:chosen], change(entities[chosen]), *entities[chosen + 1 :])


SPOILERS = (recolor, reshape, swap_colors, leave_out)
