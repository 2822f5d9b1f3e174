"""Tables of "Improving image synthesis with diffusion-negative sampling" (supplement), from votes to print.

The paper prints percentages only. The counts here are the smallest whole numbers of votes whose shares print so, found by
trying every total; Table 6's Hand block adds up to 101.96 and 99.59, so no votes give it, and it is not here.
"""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.judges import NO_CLEAR_WINNER
from analysis.render import rendered
from analysis.tables import Table, tables_of
from tests.analysis.votes_files import ballots, frame_of

SD, DNP, AUTO_DNP = "Stable Diffusion (SD)", "SD+DNP", "SD+auto-DNP"
GPT_4V, GPT, RANDOM, STANDARD = "SD+GPT-4V auto-DNP", "SD+GPT NegPrompt", "SD+random", "SD+standard"

# (conditions in print order, {prompt set: (votes on correctness, votes on quality)}), no clear winner first
COUNTS: dict[str, tuple[tuple[str, ...], dict[str, tuple[tuple[int, ...], tuple[int, ...]]]]] = {
    "Table 2": (
        (AUTO_DNP, DNP),
        {
            "A&E": ((153, 318, 419), (90, 245, 321)),
            "Human": ((207, 467, 625), (57, 182, 256)),
            "Hand": ((141, 288, 310), (74, 273, 293)),
        },
    ),
    "Table 3": (
        (SD, GPT_4V),
        {"Human": ((159, 328, 463), (51, 191, 349)), "Hand": ((98, 298, 429), (57, 277, 464))},
    ),
    "Table 4": (
        (SD, GPT, AUTO_DNP),
        {"Human": ((48, 32, 57, 155), (58, 112, 226, 643)), "Hand": ((103, 52, 148, 567), (39, 61, 165, 603))},
    ),
    "Table 5": (
        (SD, RANDOM, AUTO_DNP),
        {"Human": ((81, 171, 208, 579), (63, 149, 234, 591)), "Hand": ((23, 174, 154, 529), (4, 47, 55, 187))},
    ),
    "Table 6": ((SD, STANDARD, AUTO_DNP), {"Human": ((157, 134, 206, 235), (49, 94, 292, 297))}),
}

# The cells as printed: per block, per row, correctness and quality. Bold in print is the last row everywhere.
PRINTED = {
    "Table 2": [
        ["17.19% 13.72%", "35.73% 37.35%", "47.08% 48.93%"],
        ["15.94% 11.52%", "35.95% 36.77%", "48.11% 51.72%"],
        ["19.08% 11.56%", "38.97% 42.66%", "41.95% 45.78%"],
    ],
    "Table 3": [
        ["16.74% 8.63%", "34.53% 32.32%", "48.74% 59.05%"],
        ["11.88% 7.14%", "36.12% 34.71%", "52.00% 58.15%"],
    ],
    "Table 4": [
        ["16.44% 5.58%", "10.96% 10.78%", "19.52% 21.75%", "53.08% 61.89%"],
        ["11.84% 4.49%", "5.98% 7.03%", "17.01% 19.01%", "65.17% 69.47%"],
    ],
    "Table 5": [
        ["7.80% 6.08%", "16.46% 14.37%", "20.02% 22.57%", "55.73% 56.99%"],
        ["2.61% 1.37%", "19.77% 16.04%", "17.50% 18.77%", "60.11% 63.82%"],
    ],
    "Table 6": [["21.45% 6.69%", "18.31% 12.84%", "28.14% 39.89%", "32.10% 40.57%"]],
}


def table_from_votes(path: Path, name: str) -> Table:
    conditions, blocks = COUNTS[name]
    options = (NO_CLEAR_WINNER, *conditions)
    votes = [
        ballot
        for prompt_set, by_criterion in blocks.items()
        for criterion, counts in zip(("correctness", "quality"), by_criterion, strict=True)
        for ballot in ballots(
            dict(zip(options, counts, strict=True)),
            study=name,
            prompt_set=prompt_set,
            criterion=criterion,
            shown="|".join(reversed(conditions)),
            conditions="|".join(conditions),
        )
    ]
    (table,) = tables_of(frame_of(path, *votes))
    return table


@pytest.mark.parametrize("name", PRINTED)
def test_every_cell_prints_as_in_the_paper(tmp_path: Path, name: str) -> None:
    page = BeautifulSoup(rendered("tables.html", [table_from_votes(tmp_path / "votes.csv", name)]), "html.parser")
    groups = [body.select("tr:not(.total)") for body in page.select("tbody")]
    assert [[" ".join(cell.text for cell in row.select("td")) for row in rows] for rows in groups] == PRINTED[name]
    assert all(bool(row.select("strong")) == (row is rows[-1]) for rows in groups for row in rows)


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
