r"""Automatic metrics as a table for a paper: metrics.tex, to \input as tables.tex."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from analysis.automatic.measured import Measured
from analysis.render import write_texts
from analysis.render.as_latex import PREAMBLE, cleared
from analysis.render.latex_escape import OTHER_LETTER, escaped
from analysis.render.metric_table import metric_table

LATEX = "metrics.tex"


def latex_text(studies: Mapping[str, Sequence[Measured]]) -> str:
    """A float for each study that has metrics; by the studies' names."""
    preamble = PREAMBLE.replace("Shares of votes", "Automatic metrics").replace("{tables}", "{metrics}")
    floats = ("\n".join(_float(study, metrics)) for study, metrics in studies.items() if metrics)
    return "\n".join([preamble, OTHER_LETTER, *cleared(floats), ""])


def _float(study: str, metrics: Sequence[Measured]) -> Iterator[str]:
    table = metric_table(metrics)
    yield "\n" + r"\begin{table}[htbp]" + "\n" + r"\centering"
    yield rf"\begin{{tabular}}{{ll{'r' * (len(table.heads) - 2)}}}" + "\n" + r"\toprule"
    yield rf"{' & '.join(map(escaped, table.heads))} \\"
    last = None
    for prompt_set, *cells in table.rows:
        if prompt_set != last:
            yield r"\midrule"
        yield rf"{' & '.join(map(escaped, ('' if prompt_set == last else prompt_set, *cells)))} \\"
        last = prompt_set
    yield r"\bottomrule" + "\n" + r"\end{tabular}"
    yield rf"\caption{{{escaped(study)}. {escaped(_caption(metrics))}}}" + "\n" + r"\end{table}"


def _caption(metrics: Sequence[Measured]) -> str:
    models = ", ".join(dict.fromkeys(each.model for each in metrics))
    baselines = ", ".join(dict.fromkeys(each.baseline for each in metrics if each.baseline))
    return f"Automatic metrics by {models}" + (f", with gains over {baselines}." if baselines else ".")


def write_metrics(studies: Mapping[str, Sequence[Measured]], folder: Path) -> list[Path]:
    """Write metrics.tex into the folder, as `write_tables` does. Raises OSError."""
    return write_texts({LATEX: latex_text(studies)}, folder)
