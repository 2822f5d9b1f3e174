"""Human evaluation of "Improving image synthesis with diffusion-negative sampling" (supplement), from votes to print.

The paper prints percentages only; the votes are the fewest that print so.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.judges import NO_CLEAR_WINNER
from analysis.printed_counts import counts_printing_as
from analysis.render import rendered
from analysis.tables import Table, tables_of
from tests.analysis.votes_files import ballots, frame_of

SD, DNP, AUTO_DNP = "Stable Diffusion (SD)", "SD+DNP", "SD+auto-DNP"
GPT_4V, GPT, RANDOM, STANDARD = "SD+GPT-4V auto-DNP", "SD+GPT NegPrompt", "SD+random", "SD+standard"

CONDITIONS = {
    "Table 2": (AUTO_DNP, DNP),
    "Table 3": (SD, GPT_4V),
    "Table 4": (SD, GPT, AUTO_DNP),
    "Table 5": (SD, RANDOM, AUTO_DNP),
    "Table 6": (SD, STANDARD, AUTO_DNP),
}

# The cells as printed: per row, no clear winner first, correctness and quality. Bold in print is the last row everywhere.
PRINTED = {
    "Table 2": {
        "A&E": ["17.19% 13.72%", "35.73% 37.35%", "47.08% 48.93%"],
        "Human": ["15.94% 11.52%", "35.95% 36.77%", "48.11% 51.72%"],
        "Hand": ["19.08% 11.56%", "38.97% 42.66%", "41.95% 45.78%"],
    },
    "Table 3": {
        "Human": ["16.74% 8.63%", "34.53% 32.32%", "48.74% 59.05%"],
        "Hand": ["11.88% 7.14%", "36.12% 34.71%", "52.00% 58.15%"],
    },
    "Table 4": {
        "Human": ["16.44% 5.58%", "10.96% 10.78%", "19.52% 21.75%", "53.08% 61.89%"],
        "Hand": ["11.84% 4.49%", "5.98% 7.03%", "17.01% 19.01%", "65.17% 69.47%"],
    },
    "Table 5": {
        "Human": ["7.80% 6.08%", "16.46% 14.37%", "20.02% 22.57%", "55.73% 56.99%"],
        "Hand": ["2.61% 1.37%", "19.77% 16.04%", "17.50% 18.77%", "60.11% 63.82%"],
    },
    "Table 6": {"Human": ["21.45% 6.69%", "18.31% 12.84%", "28.14% 39.89%", "32.10% 40.57%"]},
}
WITHOUT_VOTES = ["17.61% 7.73%", "19.69% 10.39%", "16.36% 25.45%", "48.30% 56.02%"]  # Table 6, Hand


def columns(rows: list[str]) -> list[list[Decimal]]:
    """The percentages of each criterion."""
    return [[Decimal(cell.removesuffix("%")) for cell in column] for column in zip(*map(str.split, rows), strict=True)]


def ballots_printing_as(name: str, prompt_set: str, criterion: str, percents: list[Decimal]) -> list[dict[str, str]]:
    counts, conditions = counts_printing_as(percents), CONDITIONS[name]
    assert counts is not None
    return ballots(
        dict(zip((NO_CLEAR_WINNER, *conditions), counts, strict=True)),
        study=name,
        prompt_set=prompt_set,
        criterion=criterion,
        shown="|".join(reversed(conditions)),
        conditions="|".join(conditions),
    )


def table_from_votes(path: Path, name: str) -> Table:
    votes = [
        ballot
        for prompt_set, rows in PRINTED[name].items()
        for criterion, percents in zip(("correctness", "quality"), columns(rows), strict=True)
        for ballot in ballots_printing_as(name, prompt_set, criterion, percents)
    ]
    (table,) = tables_of(frame_of(path, *votes))
    return table


@pytest.mark.parametrize("name", PRINTED)
def test_every_cell_prints_as_in_the_paper(tmp_path: Path, name: str) -> None:
    page = BeautifulSoup(rendered("tables.html", [table_from_votes(tmp_path / "votes.csv", name)]), "html.parser")
    heads = [body.select_one("th[scope=rowgroup]") for body in page.select("tbody")]
    groups = [body.select("tr:not(.total)") for body in page.select("tbody")]
    printed = [[" ".join(cell.text for cell in row.select("td")) for row in rows] for rows in groups]
    assert dict(zip([head and head.text for head in heads], printed, strict=True)) == PRINTED[name]
    methods = [[head.text for head in (row.select_one("th[scope=row]") for row in rows) if head] for rows in groups]
    assert methods == [["No Clear Winner", *CONDITIONS[name]]] * len(groups)
    assert all(bool(row.select("strong")) == (row is rows[-1]) for rows in groups for row in rows)


def test_no_votes_print_as_hand_in_table_6() -> None:
    correctness, quality = columns(WITHOUT_VOTES)
    assert (sum(correctness), sum(quality)) == (Decimal("101.96"), Decimal("99.59"))
    assert counts_printing_as(correctness) is None
    assert counts_printing_as(quality) is None


def test_table_2_in_latex(tmp_path: Path) -> None:
    latex = rendered("tables.tex", [table_from_votes(tmp_path / "votes.csv", "Table 2")])
    assert (
        r"""\midrule
\multirow{4}{*}{A\&E} & No Clear Winner & 17.19\% & 13.72\% \\
 & SD+auto-DNP & 35.73\% & 37.35\% \\
 & SD+DNP & \textbf{47.08\%} & \textbf{48.93\%} \\
 & N & 890 & 656 \\
\midrule
\multirow{4}{*}{Human} & No Clear Winner & 15.94\% & 11.52\% \\"""
        in latex
    )
