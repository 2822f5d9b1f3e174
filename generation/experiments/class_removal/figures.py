"""Figures 4, 11, 13 and 14 of the paper, and images of each method to be looked at."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from generation.experiments.class_removal.measures import Estimate, Measures
from generation.experiments.class_removal.results import Results, of_method
from generation.experiments.class_removal.sweep import DNG, NP, SLD, Point, Removal
from generation.experiments.pictures import BLUE, DARK, GREY, ORANGE, VERMILION, WIDTH, panels

WORDS = {NP: "NP", SLD: "SLD", DNG: "DNG"}
LOOKS = {NP: (ORANGE, "s"), SLD: (BLUE, "^"), DNG: (VERMILION, "o")}
PER_CENT = 100
KL, FID = "KL(ideal ‖ generated), nats", "FID on the classifier's features"


def draw_removals(results: Results, removals: Sequence[Removal]) -> Figure:
    """KL above and FID below, against safety, a column for each class (Figs 4 and 14)."""
    figure, axes = panels(2, len(removals), 2.1, sharex=True, sharey="row")
    for column, removal in enumerate(removals):
        axes[0][column].set_title(f"without “{removal.name}”")
        _draw_measure(axes[0][column], removal, "divergence")
        _draw_measure(axes[1][column], removal, "distance")
    axes[0][0].set_ylabel(KL)
    axes[1][0].set_ylabel(FID)
    axes[0][0].invert_xaxis()
    figure.supxlabel("images of the forbidden class, %  (safer →)", fontsize=7)
    handles, words = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside upper left", ncols=len(words))
    _caption(figure, results)
    return figure


def _draw_measure(axes: Axes, removal: Removal, name: str) -> None:
    """A line for each method, from the weakest λ₀ to the strongest."""
    for method in LOOKS:
        points = [point.measures for point in of_method(removal, method)]
        _line(axes, [_x(measures) for measures in points], [getattr(measures, name) for measures in points], method)
    axes.plot(_x(removal.unguided), getattr(removal.unguided, name).value, "*", color=DARK, label="no guidance", markersize=7)
    floor = getattr(removal.rejected, name).value
    axes.axhline(floor, color=GREY, linestyle=":", linewidth=1, label="no guidance, forbidden images thrown away")
    axes.set_yscale("log")
    axes.grid(visible=True)


def _x(measures: Measures) -> float:
    return PER_CENT * measures.forbidden.value


def _line(axes: Axes, x: list[float], estimates: list[Estimate], method: str) -> None:
    colour, shape = LOOKS[method]
    values = [estimate.value for estimate in estimates]
    margins = [[e.value - e.low for e in estimates], [e.high - e.value for e in estimates]]
    look: dict[str, Any] = {"color": colour, "marker": shape, "markersize": 3.5, "linewidth": 1, "elinewidth": 0.6}
    axes.errorbar(x, values, yerr=margins, label=WORDS[method], **look)


FOOT = 0.18  # inches left free for what the numbers are of


def _caption(figure: Figure, results: Results) -> None:
    """What the numbers are of, at the foot."""
    text = (
        f"{results.data}, {results.images} images of each setting, {results.evaluations} steps of {results.scheduler}; "
        f"KL with {results.smoothing:g} image added to each class; bars are 95 % intervals."
    )
    share = FOOT / figure.get_figheight()
    figure.set_layout_engine("constrained", rect=(0, share, 1, 1 - share))
    figure.text(0.01, share / 4, text, fontsize=6.5, color=GREY, va="bottom")


def draw_thresholds(results: Results) -> Figure:
    """Safety, KL and FID over SLD's threshold (Fig. 11)."""
    figure, (axes,) = panels(1, 3, 2.0)
    thresholds = [dict(point.setting.others)["threshold"] for point in results.thresholds]
    for panel, (name, title, factor) in zip(
        axes, (("forbidden", "forbidden class, %", PER_CENT), ("divergence", KL, 1), ("distance", FID, 1)), strict=True
    ):
        estimates = [_scaled(getattr(point.measures, name), factor) for point in results.thresholds]
        _line(panel, thresholds, estimates, SLD)
        panel.set_title(title)
        panel.set_xlabel("threshold θ")
        panel.grid(visible=True)
    _caption(figure, results)
    return figure


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor)


def draw_classes(results: Results, removal: Removal, point: Point) -> Figure:
    """The classes of one setting's images beside the ideal (Fig. 13)."""
    figure, ((axes,),) = panels(1, 1, 2.2)
    places = np.arange(len(results.classes))
    shares = [PER_CENT * count / point.measures.images for count in point.measures.counts]
    ideal = [0 if place == removal.label else PER_CENT / (len(places) - 1) for place in places]
    axes.bar(places - 0.2, shares, 0.4, color=VERMILION, label=f"DNG, λ₀ = {point.setting.scale:g}")
    axes.bar(places + 0.2, ideal, 0.4, color="#FFFFFF", edgecolor=DARK, linewidth=0.8, label="ideal")
    axes.set_xticks(places, results.classes)
    axes.set_ylabel("images, %")
    axes.set_title(f"without “{removal.name}”: KL {point.measures.divergence.value:.3f}")
    axes.set_ylim(0, 1.3 * max(shares))
    axes.legend(loc="upper right", ncols=2)
    return figure


def draw_images(named: Sequence[tuple[str, NDArray[np.float32]]]) -> Figure:
    """A row of images for each name, shape (images, channels, size, size); those below each other are of the same noise."""
    figure = Figure(figsize=(WIDTH, 0.42 * len(named)), layout="constrained")
    axes = figure.subplots(len(named), 1, squeeze=False)[:, 0]
    for panel, (name, images) in zip(axes, named, strict=True):
        gap = np.full((*images.shape[1:3], 1), np.nan, np.float32)
        row = np.concatenate([part for image in images for part in (image, gap)], axis=2)[:, :, :-1].transpose(1, 2, 0)
        panel.imshow(row / 2 + 0.5 if row.shape[2] > 1 else row[:, :, 0], cmap="gray_r", vmin=-1, vmax=1)
        panel.set_ylabel(name, rotation=0, ha="right", va="center")
        panel.set_xticks([])
        panel.set_yticks([])
        for spine in panel.spines.values():
            spine.set_visible(False)
    return figure
