"""Figures 1, 3a, 3b and 7 to 9 of the paper."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from torch import Tensor

from generation.denoisers.gaussian_mixture import GaussianMixture
from generation.experiments.gaussian_mixture.fields import LEVEL, fields, grid, unconditional
from generation.experiments.gaussian_mixture.mixtures import REMAINING, density
from generation.experiments.gaussian_mixture.posterior import Tracking
from generation.experiments.pictures import BLUE, DARK, VERMILION, panels

LINE = (-4.0, 12.0)  # what is shown of the line: NP leads far out
BINS = np.linspace(*LINE, 161)
TITLES = {
    "cfg": "CFG towards the others",
    "np": "NP away from the forbidden",
    "dng, exact": "DNG, exact posterior",
    "dng, tracked": "DNG, tracked posterior",
}
HALF_WIDTH, ACROSS = 1.8, 19
LONGEST = 12.0  # vectors are drawn no longer


def draw_distributions(mixture: GaussianMixture, drawn: Mapping[str, Tensor], rules: Sequence[str]) -> Figure:
    """What each rule draws, as histograms, with the target and all that there is (Figs 1 and 3b)."""
    figure, (axes,) = panels(1, len(rules), 2.1, sharey=True)
    for panel, rule in zip(axes, rules, strict=True):
        panel.hist(drawn[rule].numpy(), bins=BINS.tolist(), density=True, color=BLUE, alpha=0.55, label="drawn with guidance")
        panel.plot(BINS, density(mixture, "", BINS), color=VERMILION, linewidth=1, label="without guidance")
        panel.plot(BINS, density(mixture, REMAINING, BINS), color=DARK, linewidth=1, linestyle="--", label="target")
        panel.set_title(TITLES[rule])
        panel.set_xlim(LINE[0], max(4.5, float(drawn[rule].max())))
        panel.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        panel.set_xlabel("x")
    axes[0].set_ylabel("density")
    handles, words = axes[0].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside upper left", ncols=len(words))
    return figure


def draw_tracking(tracking: Tracking) -> Figure:
    """The means of both groups over time, noise at the right as in the paper (Fig. 3a)."""
    figure, ((axes,),) = panels(1, 1, 2.6)
    for group, colour in ((tracking.forbidden, VERMILION), (tracking.allowed, BLUE)):
        axes.plot(tracking.timesteps, group.tracked, color=colour, linewidth=1.2)
        axes.plot(tracking.timesteps, group.exact, color=DARK, linewidth=1, linestyle=":")
    lines = [Line2D([], [], color=colour) for colour in (VERMILION, BLUE)] + [Line2D([], [], color=DARK, linestyle=":")]
    words = ["tracked, of points that end in the forbidden mode", "tracked, of the other points", "exact, of the same points"]
    figure.legend(lines, words, loc="outside upper left", ncols=3)
    axes.set_xlabel("timestep t (noise at the right)")
    axes.set_ylabel("mean of p(c₋ | x_t)")
    axes.set_ylim(-0.03, 1.03)
    axes.grid(visible=True)
    return figure


def draw_fields(mixture: GaussianMixture) -> Figure:
    """The unconditional score, each rule's guidance term and its total field (Figs 7 to 9), a row for each rule."""
    places = grid(HALF_WIDTH, ACROSS)
    at, without = places[:, :, 0, 0].numpy(), unconditional(mixture, places)
    figure, axes = panels(3, 3, 2.2, sharex=True, sharey=True)
    for row, field in zip(axes, fields(mixture, places), strict=True):
        name = field.rule.upper()
        arrows = _draw_arrows(row[0], at, without, f"{name}: unconditional score")
        _draw_arrows(row[1], at, field.guidance, f"{name}: guidance term")
        _draw_arrows(row[2], at, field.total, f"{name}: total field")
    every = [panel for row in axes for panel in row]
    for panel in every:
        _mark(panel, mixture)
    figure.colorbar(arrows, ax=every, shrink=0.4, extend="max", label="length of the vector")
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure


def _draw_arrows(axes: Axes, at: NDArray[np.float64], vectors: NDArray[np.float64], title: str) -> Quiver:
    """Arrows grow with the root of the length, so that weak fields are seen beside strong ones."""
    length = np.linalg.norm(vectors, axis=1)
    arrows = vectors / np.maximum(length, 1e-12)[:, None] * np.minimum(length, LONGEST)[:, None] ** 0.5
    axes.set_title(title)
    axes.set_aspect("equal")
    return axes.quiver(*at.T, *arrows.T, length, cmap="viridis_r", clim=(0, LONGEST), scale=45, width=0.005)


def _mark(axes: Axes, mixture: GaussianMixture) -> None:
    """The points where the level's noise has moved them to."""
    means = LEVEL.alpha**0.5 * mixture.means.numpy()
    look: dict[str, Any] = {"markersize": 6, "markeredgecolor": "white", "markeredgewidth": 0.6, "linestyle": ""}
    axes.plot(*means[0], "X", color=VERMILION, label="forbidden point", **look)
    axes.plot(*means[1:].T, "P", color=BLUE, label="other points", **look)
    axes.set_xlim(-HALF_WIDTH - 0.15, HALF_WIDTH + 0.15)
    axes.set_ylim(-HALF_WIDTH - 0.15, HALF_WIDTH + 0.15)
