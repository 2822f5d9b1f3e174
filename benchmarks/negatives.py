"""Where the negatives of the benchmark of methods come from, each a text for every row.

“blurry” is the one word of quality that the bundled model knows, as the standard lists of negatives are words of quality;
“swapped” is the prompt with its colours exchanged, the mistake that such prompts invite; “quotation” knows nothing of the
image; “caption” is auto-DNP: what the bundled captioner sees in the diffusion-negative image of the same noise.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from generation import quotations
from generation.bundled.world import Entity, entities_of, prompt_of
from generation.captioning import captioner_for
from generation.checkpoints import Loaded
from generation.hub import BUNDLED
from generation.sampler import Row, sample

Negatives: TypeAlias = Callable[[Loaded, Sequence[Row]], list[str]]
DNS_SCALE = 4.0
MAX_NEW_TOKENS = 50
STACKED = 32


def blurry(_checkpoint: Loaded, rows: Sequence[Row]) -> list[str]:
    return ["blurry"] * len(rows)


def swapped(_checkpoint: Loaded, rows: Sequence[Row]) -> list[str]:
    return [with_colours_exchanged(row.prompt) for row in rows]


def with_colours_exchanged(prompt: str) -> str:
    """The shapes of a prompt, each in the colour of the next."""
    entities = entities_of(prompt)
    colours = [entity.color for entity in (*entities[1:], entities[0])]
    return prompt_of(tuple(Entity(entity.shape, colour) for entity, colour in zip(entities, colours, strict=True)))


def quotation(_checkpoint: Loaded, rows: Sequence[Row]) -> list[str]:
    return [quotations.draw(row.prompt, row.seed) for row in rows]


def caption(checkpoint: Loaded, rows: Sequence[Row]) -> list[str]:
    """What the bundled captioner sees in the image that diffusion-negative sampling makes of each row's prompt and seed."""
    settings = {"scale": DNS_SCALE}
    opposite = [Row(row.prompt, row.seed, "dns", settings, row.scheduler, row.evaluations, row.size) for row in rows]
    stacks = [opposite[start : start + STACKED] for start in range(0, len(opposite), STACKED)]
    images = [drawn.pixels for stack in stacks for drawn in sample(checkpoint.denoiser, stack)]
    return captioner_for(BUNDLED).caption(images, MAX_NEW_TOKENS)
