"""All figures and numbers of the mixtures, from one seed."""

from dataclasses import dataclass
from pathlib import Path

from generation.experiments.gaussian_mixture.fields import Strength, strengths
from generation.experiments.gaussian_mixture.figures import draw_distributions, draw_fields, draw_tracking
from generation.experiments.gaussian_mixture.guided import SCALE, Reached, draw_all, reached
from generation.experiments.gaussian_mixture.mixtures import STEPS, line, plane
from generation.experiments.gaussian_mixture.posterior import Tracking, track
from generation.experiments.pictures import save, save_numbers, style


@dataclass(frozen=True, kw_only=True)
class Results:
    """reached: by each rule at λ = scale. largest_gap: between any point of CFG and its point of DNG with the exact posterior,
    0 by eq. 17. tracking: without guidance. strengths: of the guidance terms in the plane.
    """

    points: int
    seed: int
    steps: int
    scale: float
    reached: list[Reached]
    largest_gap: float
    tracking: Tracking
    strengths: list[Strength]


def run(out: Path, points: int, seed: int, steps: int = STEPS) -> list[Path]:
    """Write all figures and numbers into the folder; return their paths. Raises OSError."""
    on_line, in_plane = line(), plane()
    drawn, tracking = draw_all(on_line, points, seed, steps), track(on_line, points, seed, steps)
    results = Results(
        points=points,
        seed=seed,
        steps=steps,
        scale=SCALE,
        reached=[reached(on_line, rule, latents) for rule, latents in drawn.items()],
        largest_gap=float((drawn["cfg"] - drawn["dng, exact"]).abs().max()),
        tracking=tracking,
        strengths=strengths(in_plane),
    )
    with style():
        figures = {
            "distributions": draw_distributions(on_line, drawn, ("cfg", "np", "dng, exact")),
            "posterior": draw_tracking(tracking),
            "tracked": draw_distributions(on_line, drawn, ("dng, tracked",)),
            "fields": draw_fields(in_plane),
        }
        paths = [path for name, figure in figures.items() for path in save(figure, out, name)]
    return [save_numbers(results, out, "results"), *paths]
