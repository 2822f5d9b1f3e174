"""The study's figures: λ_t step by step, and CLIP scores of one negative against those of the other."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from generation.experiments.pictures import BLUE, DARK, GREY, ORANGE, panels, save, style
from generation.experiments.related_unrelated.results import Results
from generation.experiments.related_unrelated.scores import Line
from generation.experiments.related_unrelated.strengths import Strength

GREEN, RED = "#009E73", "#B00020"  # of the related and the unrelated negative, as in the paper
MARKERS = "osD^vP*X"
COLUMNS = 3
HEIGHT = 2.2  # inches of a panel
BELOW = -0.3  # of its height: where a key stands that would hide curves inside it


def draw(results: Results, folder: Path) -> list[Path]:
    """Write the figures as PNG and PDF; return their paths. Raises OSError."""
    with style():
        return [*_strengths(results, folder), *_clip_scores(results, folder)]


def _strengths(results: Results, folder: Path) -> list[Path]:
    """λ_t of DNG on a logarithmic axis, the noisiest step at the right, as in Figs 5b and 12."""
    figure, grid = _grid(len(results.prompts))
    for axes, prompt in zip(grid, results.prompts, strict=True):
        found = prompt.strengths
        _curve(axes, found.timesteps, found.related, GREEN, f"related: {prompt.related}")
        _curve(axes, found.timesteps, found.unrelated, RED, f"unrelated: {prompt.unrelated}")
        axes.axhline(found.np_scale, color=DARK, linewidth=0.8, linestyle=(0, (4, 3)), label="λ of NP")
        axes.set(yscale="log", title=prompt.name, xlabel="timestep t", ylabel="λ_t")
        axes.legend(loc="upper left", bbox_to_anchor=(0, BELOW), borderaxespad=0)
    return save(figure, folder, "strengths")


def _curve(axes: Axes, timesteps: tuple[float, ...], strength: Strength, colour: str, label: str) -> None:
    """The mean over the images, and percentiles as a shade."""
    axes.plot(timesteps, strength.mean, color=colour, linewidth=1.4, label=label)
    axes.fill_between(timesteps, strength.low, strength.high, color=colour, alpha=0.2, linewidth=0)


def _clip_scores(results: Results, folder: Path) -> list[Path]:
    """Fig. 6b: axes run down from 1, so that what lies farther right and higher is farther from the unguided images."""
    figure, grid = _grid(len(results.prompts) + 1)
    for number, prompt in enumerate(results.prompts):
        for axes in (grid[number], grid[-1]):
            _line(axes, prompt.np, ORANGE, MARKERS[number % len(MARKERS)])
            _line(axes, prompt.dng, BLUE, MARKERS[number % len(MARKERS)])
        grid[number].set_title(prompt.name)
    grid[-1].set_title("all prompts")
    for axes in grid:
        _from_one(axes)
    points, _ = grid[0].get_legend_handles_labels()
    grid[0].legend(points, ["NP", "DNG"], loc="best")
    return save(figure, folder, "clip-scores")


def _line(axes: Axes, line: Line, colour: str, marker: str) -> None:
    """A method's points, and the line through them over their range."""
    x, y = [point.related for point in line.points], [point.unrelated for point in line.points]
    axes.plot(x, y, linestyle="", marker=marker, markersize=4, color=colour, label=line.method)
    if line.regression:
        ends = np.array([line.regression.low, line.regression.high])
        axes.plot(ends, line.regression.slope * ends + line.regression.intercept, color=colour, linewidth=1)


def _from_one(axes: Axes) -> None:
    """Both axes from 1 downwards, alike, with a dotted line where both negatives change images alike."""
    least = min(axes.get_xlim()[0], axes.get_ylim()[0])
    axes.plot([1, least], [1, least], color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), scalex=False, scaley=False)
    axes.set(xlim=(1, least), ylim=(1, least), xlabel="CLIP score, related", ylabel="CLIP score, unrelated")


def _grid(count: int) -> tuple[Figure, list[Axes]]:
    """As many panels, COLUMNS in a row."""
    figure, rows = panels(-(-count // COLUMNS), COLUMNS, HEIGHT)
    grid = [axes for row in rows for axes in row]
    for axes in grid[count:]:
        axes.remove()
    return figure, grid[:count]
