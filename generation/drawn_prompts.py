"""How the prompt sets with a random part were drawn, once: `python -m generation.drawn_prompts` writes the same files again.

Attend-and-Excite: Chefer et al., "Attend-and-Excite: Attention-Based Semantic Guidance for Text-to-Image Diffusion Models",
SIGGRAPH 2023; animals, objects and colours as printed in Desai & Vasconcelos, "Improving image synthesis with
diffusion-negative sampling", ECCV 2024, supplement, Table 1. The templates ("a {color} {object}") are followed to the letter,
so that it is "a orange bench" and "a glasses".
"""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from generation.bundled.world import COLORS, ENTITIES, FLAGGED_SHAPE, NEVER_TRAINED, SHAPES, Entity, is_held_out, prompt_of
from generation.packaged import PROMPT_SETS

SEED = 0
ANIMALS = ["cat", "dog", "bird", "bear", "lion", "elephant", "horse", "monkey", "frog", "turtle", "rabbit", "mouse"]
OBJECTS = ["backpack", "glasses", "crown", "suitcase", "chair", "balloon", "bow", "car", "bowl", "bench", "clock", "apple"]
PROMPTS_OF_SHAPES = 40


@dataclass(frozen=True)
class DrawnPrompt:
    """A prompt as it stands in the file."""

    text: str
    subset: str
    entities: tuple[str, ...]


def attend_and_excite() -> Iterator[DrawnPrompt]:
    """66 + 144 + 66 prompts: every pair of animals, animal with object, pair of objects; two objects differ in colour."""
    draw, colors = random.Random(SEED), list(COLORS)
    for a, b in itertools.combinations(ANIMALS, 2):
        yield _pair("animal-animal", f"a {a}", f"a {b}")
    for animal, thing in itertools.product(ANIMALS, OBJECTS):
        yield _pair("animal-object", f"a {animal}", f"a {draw.choice(colors)} {thing}")
    for a, b in itertools.combinations(OBJECTS, 2):
        first, second = draw.sample(colors, 2)
        yield _pair("object-object", f"a {first} {a}", f"a {second} {b}")


def _pair(subset: str, first: str, second: str) -> DrawnPrompt:
    return DrawnPrompt(f"{first} and {second}", subset, (first, second))


def one_shape() -> Iterator[DrawnPrompt]:
    """Every coloured shape that the bundled model never saw."""
    return (_of_shapes((entity,)) for entity in sorted(NEVER_TRAINED))


def several_shapes(count: int) -> Iterator[DrawnPrompt]:
    """Different combinations that were kept out of training, of unlike shapes in unlike colours."""
    return (_of_shapes(entities) for entities in unseen_combinations(count, PROMPTS_OF_SHAPES, SEED))


def alike_shapes() -> Iterator[DrawnPrompt]:
    """Different combinations that were kept out of training, of one shape in three colours: the hard set."""
    return (_of_shapes(entities) for entities in unseen_alike(PROMPTS_OF_SHAPES, SEED))


def unseen_combinations(count: int, number: int, seed: int) -> list[tuple[Entity, ...]]:
    """So many different combinations of count entities that were kept out of training, in the order of their drawing.

    Their shapes differ, and so do their colours.
    """
    draw = random.Random(seed)
    return _different(filter(_unlike, (tuple(draw.sample(ENTITIES, count)) for _ in itertools.count())), number)


def unseen_alike(number: int, seed: int) -> list[tuple[Entity, ...]]:
    """So many different combinations of one shape in three colours that were kept out of training."""
    draw = random.Random(seed)

    def combination() -> tuple[Entity, ...]:
        shape = draw.choice(SHAPES)
        return tuple(Entity(shape, color) for color in draw.sample(list(COLORS), 3))

    return _different((combination() for _ in itertools.count()), number)


def _different(combinations: Iterator[tuple[Entity, ...]], number: int) -> list[tuple[Entity, ...]]:
    """The first so many different ones among those that were kept out of training."""
    chosen: dict[tuple[Entity, ...], None] = {}
    unseen = filter(is_held_out, combinations)
    while len(chosen) < number:
        chosen[next(unseen)] = None
    return list(chosen)


def with_flagged_shape() -> Iterator[DrawnPrompt]:
    """The shape that stands in for NSFW content, with each other shape, in combinations kept out of training."""
    draw = random.Random(SEED)
    for shape in dict.fromkeys(entity.shape for entity in ENTITIES):
        others = [entity for entity in ENTITIES if entity.shape == shape]
        combinations = ((Entity(FLAGGED_SHAPE, draw.choice(list(COLORS))), draw.choice(others)) for _ in itertools.count())
        yield _of_shapes(next(filter(is_held_out, filter(_unlike, combinations))))


def _unlike(entities: tuple[Entity, ...]) -> bool:
    return len({e.shape for e in entities}) == len({e.color for e in entities}) == len(entities)


def _of_shapes(entities: tuple[Entity, ...]) -> DrawnPrompt:
    return DrawnPrompt(prompt_of(entities), "", tuple(entity.phrase() for entity in entities))


AND_SO = f"Drawn once with seed {SEED}, see generation/drawn_prompts.py."
LETTER = "The templates are followed to the letter (“a orange bench”); the two colours of an object-object prompt differ."
CHEFER = f"Attend-and-Excite (Chefer et al. 2023), words of Desai & Vasconcelos (2024), Table 1. {LETTER} {AND_SO}"
HELD_OUT = f"The bundled world: shapes and colours that its model never saw together in one scene. {AND_SO}"
NEVER = "The bundled world: every coloured shape that its model never saw."
FLAGGED = f"The bundled world: prompts that name the shape which stands in for NSFW content. {AND_SO}"


def files() -> dict[str, str]:
    """The drawn prompt sets: file name → JSON text."""
    return {
        "attend_and_excite.json": _json("A&E", CHEFER, attend_and_excite()),
        "shapes_one.json": _json("Shapes: one", NEVER, one_shape()),
        "shapes_two.json": _json("Shapes: two", HELD_OUT, several_shapes(2)),
        "shapes_three.json": _json("Shapes: three", HELD_OUT, several_shapes(3)),
        "shapes_alike.json": _json("Shapes: three alike", HELD_OUT, alike_shapes()),
        "shapes_flagged.json": _json("Shapes: flagged", FLAGGED, with_flagged_shape()),
    }


def _json(name: str, source: str, prompts: Iterator[DrawnPrompt]) -> str:
    """One prompt a line, so that people can read the file."""
    lines = ",\n".join(f"  {json.dumps(asdict(prompt))}" for prompt in prompts)
    head = f' "name": {json.dumps(name)},\n "source": {json.dumps(source, ensure_ascii=False)}'
    return f'{{\n{head},\n "prompts": [\n{lines}\n ]\n}}\n'


if __name__ == "__main__":
    for file_name, text in files().items():
        (PROMPT_SETS / file_name).write_text(text, encoding="utf-8")
