"""What is studied: prompts, each with a related and an unrelated negative, and the scales at which each method is looked at.

Koulischer et al., "Dynamic Negative Guidance of Diffusion Models", ICLR 2025, §4.2 and App. D.3: a prompt whose images are
likely to show a thing that it does not name; the related negative names that thing, the unrelated one something else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation import methods
from generation.experiments.related_unrelated.lined import BadStudyFile, Field, read_file

__all__ = ["OFFLINE", "PAPER", "BadStudyFile", "Prompt", "Study", "read_study"]

PAPER = Path(__file__).parent / "stable_diffusion.yaml"
OFFLINE = Path(__file__).parent / "bundled_world.yaml"
OF_THE_STUDY = ("negative", "base", "base_scale")  # settings of DNG that the study sets itself
MOST_SEEDS, LARGEST_SCALE, LARGEST_FACTOR = 10_000, 100.0, 1000.0


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt and its two negatives. np_scale: λ of negative prompting; dng: settings of DNG, of which `scale` is λ₀."""

    name: str
    text: str
    related: str
    unrelated: str
    np_scale: float
    dng: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Study:
    """Prompts × seeds × factors: each method is looked at with every factor times the scale that the prompt names.

    evaluations: of the denoiser for each image. base_scale: of classifier-free guidance of what is led away; 1 is the raw
    prediction of the prompt, as the paper's equations print it.
    """

    prompts: tuple[Prompt, ...]
    seeds: tuple[int, ...]
    evaluations: int
    base_scale: float
    factors: tuple[float, ...]


def read_study(path: Path) -> Study:
    """The study that a YAML file describes. Raises BadStudyFile, which names the line, and OSError."""
    fields = read_file(path).fields(("seeds", "evaluations", "base_scale", "factors", "prompts"))
    prompts = tuple(_prompt(item) for item in fields["prompts"].items())
    _require_different(fields["prompts"], [prompt.name for prompt in prompts])
    return Study(
        prompts=prompts,
        seeds=tuple(range(fields["seeds"].whole_number(1, MOST_SEEDS))),
        evaluations=fields["evaluations"].whole_number(2, 1000),
        base_scale=fields["base_scale"].number(-LARGEST_SCALE, LARGEST_SCALE),
        factors=_factors(fields["factors"]),
    )


def _prompt(item: Field) -> Prompt:
    fields = item.fields(("name", "prompt", "related", "unrelated", "np_scale", "dng"))
    return Prompt(
        name=fields["name"].text(),
        text=fields["prompt"].text(),
        related=fields["related"].text(),
        unrelated=fields["unrelated"].text(),
        np_scale=fields["np_scale"].number(0, LARGEST_FACTOR),
        dng=_dng(fields["dng"]),
    )


def _dng(field: Field) -> Mapping[str, Any]:
    """The settings of DNG, checked, with presets and defaults filled in, but without those that the study sets itself."""
    given = field.value()
    if own := [name for name in OF_THE_STUDY if isinstance(given, Mapping) and name in given]:
        field.fail(f"“{own[0]}” is set by the study; take it out of “dng”.")
    try:
        complete = methods.complete("dng", {"negative": "", **given} if isinstance(given, Mapping) else given)
    except methods.BadSettings as error:
        field.fail(str(error))
    return {name: value for name, value in complete.items() if name not in OF_THE_STUDY}


def _factors(field: Field) -> tuple[float, ...]:
    """Rising factors, among them 1, at which the scales are those that the prompts name."""
    factors = tuple(item.number(0.001, LARGEST_FACTOR) for item in field.items())
    _require_different(field, factors)
    if 1.0 not in factors:
        field.fail("“factors” must hold 1, the scales as the prompts name them.")
    return tuple(sorted(factors))


def _require_different(field: Field, values: Iterable[object]) -> None:
    seen: set[object] = set()
    for item, value in zip(field.items(), values, strict=True):
        if value in seen:
            item.fail(f"“{value}” stands in “{field.name}” twice.")
        seen.add(value)
