"""The files of a report: what every rendering says, and that text survives each format."""

import io
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from analysis.exclusions import Excluded
from analysis.render import RENDERINGS, TableStyle, rendered, write_tables
from analysis.tables import Block, Row, Table
from analysis.tally import Share
from tests.analysis.tables_made import table_of_conditions

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20).map(str.strip).filter(bool)
WON, LOST, TIED = Share(7, 10, best=True), Share(1, 10, best=False), Share(2, 10, best=False)


def table(
    study: str = "demo",
    prompt_set: str = "A&E",
    method: str = "SD",
    rehearsal: bool = False,
    unscreened: str = "",
    excluded: tuple[Excluded, ...] = (),
) -> Table:
    rows = (Row("No Clear Winner", (TIED,)), Row(method, (WON,)), Row("SD+DNP", (LOST,)))
    return Table(study, ("correctness",), (Block(prompt_set, rows, (10,)),), rehearsal, unscreened, excluded)


def body(html: str) -> list[list[str]]:
    """The cells of each row below the head."""
    rows = BeautifulSoup(html, "html.parser").select("tbody tr")
    return [[cell.text for cell in row.select("th, td")] for row in rows]


@pytest.mark.parametrize("name", ["tables.tex", "tables.md", "tables.html"])
def test_a_rehearsal_and_unscreened_images_are_said_before_the_numbers(name: str) -> None:
    text = rendered(name, [table(rehearsal=True, unscreened="drawn by hand")])
    first_number = text.index("20.00")
    assert text.index("Rehearsal: synthetic voters, not people") < first_number
    assert text.index("Images not screened for NSFW: drawn by hand") < first_number


@pytest.mark.parametrize("name", RENDERINGS)
def test_votes_of_people_on_screened_images_carry_no_note(name: str) -> None:
    text = rendered(name, [table()])
    assert not any(word in text for word in ("Rehearsal", "synthetic", "not screened", "Not counted"))


EXCLUDED = (Excluded("too fast", votes=8, workers=1), Excluded("always left_", votes=1, workers=2))


@pytest.mark.parametrize(("name", "reason"), [("tex", r"always left\_"), ("md", r"always left\_"), ("html", "always left_")])
def test_excluded_votes_are_told_with_the_numbers(name: str, reason: str) -> None:
    text = rendered(f"tables.{name}", [table(excluded=EXCLUDED)])
    assert f"Not counted: 8 votes of 1 worker (too fast), 1 vote of 2 workers ({reason})." in text


def test_the_csv_tells_excluded_votes_on_each_line() -> None:
    frame = pd.read_csv(io.StringIO(rendered("tables.csv", [table(excluded=EXCLUDED)])), keep_default_na=False)
    assert set(frame["excluded"]) == {"8 votes of 1 worker (too fast), 1 vote of 2 workers (always left_)"}


@pytest.mark.parametrize("name", ["tables.tex", "tables.md", "tables.html"])
def test_shares_of_different_votes_are_explained(name: str) -> None:
    rows = (Row("No Clear Winner", (TIED,)), Row("SD", (WON,)), Row("SD+DNP", (Share(1, 5, best=False),)))
    pairs = Table("demo", ("correctness",), (Block("Hand", rows, (10,)),), rehearsal=False, unscreened="")
    words = "of the votes on comparisons that showed it"
    assert words in rendered(name, [pairs])
    assert words not in rendered(name, [table()])


def test_the_csv_marks_rehearsals_and_unscreened_images_on_each_line() -> None:
    text = rendered("tables.csv", [table(), table("trial run", rehearsal=True, unscreened="by hand")])
    frame = pd.read_csv(io.StringIO(text), keep_default_na=False)
    assert frame.groupby("study", sort=False)["rehearsal"].unique().map(list).tolist() == [[0], [1]]
    assert frame["unscreened"].tolist() == [""] * 3 + ["by hand"] * 3


def test_csv_columns_stand_in_the_agreed_order() -> None:
    header, tie, *_ = rendered("tables.csv", [table()]).splitlines()
    assert header == (
        "study,prompt_set,method,correctness_percent,correctness_votes,correctness_total,rehearsal,unscreened,excluded"
    )
    assert tie == "demo,A&E,No Clear Winner,20.00,2,10,0,,"


def test_studies_with_other_criteria_share_one_csv() -> None:
    other = Table("other", ("beauty",), table().blocks, rehearsal=False, unscreened="")
    lines = rendered("tables.csv", [table(), other]).splitlines()
    assert lines[0].startswith("study,prompt_set,method,correctness_percent,correctness_votes,correctness_total,beauty_percent")
    assert lines[1] == "demo,A&E,No Clear Winner,20.00,2,10,,,,0,,"
    assert lines[4] == "other,A&E,No Clear Winner,,,,20.00,2,10,0,,"


@settings(max_examples=25)
@given(NAMES, NAMES, NAMES, st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)), min_size=2, max_size=2))
def test_the_csv_read_again_is_the_tally(study: str, prompt_set: str, method: str, counts: list[tuple[int, int]]) -> None:
    rows = tuple(
        Row(name, (Share(votes, votes + others, best=False),))
        for name, (votes, others) in zip(["No Clear Winner", method], counts, strict=True)
    )
    text = rendered(
        "tables.csv", [Table(study, ("quality",), (Block(prompt_set, rows, (1,)),), rehearsal=False, unscreened="")]
    )
    frame = pd.read_csv(io.StringIO(text), dtype=dict.fromkeys(["study", "prompt_set", "method"], str), keep_default_na=False)
    assert frame[["study", "prompt_set"]].to_numpy().tolist() == [[study, prompt_set]] * 2
    for read, row in zip(frame.itertuples(), rows, strict=True):
        (share,) = row.shares
        assert (read.method, read.quality_votes, read.quality_total) == (row.method, share.votes, share.total)
        assert read.quality_percent == pytest.approx(100 * share.votes / share.total, abs=0.005001)


@settings(max_examples=25)
@given(NAMES, NAMES)
def test_names_survive_markdown(prompt_set: str, method: str) -> None:
    html = MarkdownIt("commonmark").enable("table").render(rendered("tables.md", [table(prompt_set=prompt_set, method=method)]))
    assert [cells[:2] for cells in body(html)][:2] == [[prompt_set, "No Clear Winner"], ["", method]]


@settings(max_examples=25)
@given(NAMES, NAMES)
def test_names_survive_html(prompt_set: str, method: str) -> None:
    rows = body(rendered("tables.html", [table(prompt_set=prompt_set, method=method)]))
    assert (rows[0][0], rows[1][0]) == (prompt_set, method)


def test_html_heads_name_what_they_head() -> None:
    page = BeautifulSoup(rendered("tables.html", [table()]), "html.parser")
    assert [(head.text, head["scope"]) for head in page.select("thead th")] == [
        ("Prompt set", "col"),
        ("Method", "col"),
        ("Share of votes", "colgroup"),
        ("Correctness", "col"),
    ]
    assert [(head.text, head["scope"]) for head in page.select("tbody th")][:2] == [
        ("A&E", "rowgroup"),
        ("No Clear Winner", "row"),
    ]
    assert page.caption is not None


def test_what_explains_a_table_stands_outside_the_box_that_scrolls() -> None:
    page = BeautifulSoup(rendered("tables.html", [table(rehearsal=True)]), "html.parser")
    assert page.figcaption is not None
    assert page.caption is not None
    assert "the method with the largest share is bold" in page.figcaption.text
    assert page.figcaption.find_parent(class_="scroll") is None
    assert page.caption.text == "Rehearsal: synthetic voters, not people. demo"


def test_the_best_is_bold() -> None:
    assert r" & SD & \textbf{70.00\%} \\" in rendered("tables.tex", [table()])
    assert "|  | SD | **70.00%** |" in rendered("tables.md", [table()])
    assert [cell.text for cell in BeautifulSoup(rendered("tables.html", [table()]), "html.parser").select("strong")] == [
        "70.00%"
    ]


def test_the_number_of_votes_closes_each_prompt_set() -> None:
    assert " & N & 10 \\\\\n\\bottomrule" in rendered("tables.tex", [table()])
    assert "|  | N | 10 |" in rendered("tables.md", [table()])
    assert body(rendered("tables.html", [table()]))[-1] == ["N", "10"]


def test_latex_spans_all_criteria() -> None:
    row = Row("No Clear Winner", (TIED, TIED, TIED))
    latex = rendered(
        "tables.tex", [Table("demo", ("a", "b", "c"), (Block("Hand", (row,), (10, 10, 10)),), rehearsal=False, unscreened="")]
    )
    assert r"\begin{tabular}{llrrr}" in latex
    assert r"\multicolumn{3}{c}{Share of votes}" in latex
    assert r"\cmidrule(lr){3-5}" in latex


def test_a_criterion_without_votes_prints_a_dash() -> None:
    nothing = Share(0, 0, best=False)
    empty = Table(
        "demo", ("quality",), (Block("Hand", (Row("No Clear Winner", (nothing,)),), (0,)),), rehearsal=False, unscreened=""
    )
    assert r"No Clear Winner & -- \\" in rendered("tables.tex", [empty])
    assert "| Hand | No Clear Winner | – |" in rendered("tables.md", [empty])
    assert rendered("tables.csv", [empty]).splitlines()[1] == "demo,Hand,No Clear Winner,,0,0,0,,"


def test_every_file_is_written_and_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    write_tables([table()], folder)
    assert write_tables([table("again")], folder) == [folder / name for name in RENDERINGS]
    assert sorted(path.name for path in folder.iterdir()) == sorted(RENDERINGS)
    assert all("again" in path.read_text(encoding="utf-8") for path in folder.iterdir())


def extras(name: str, *, intervals: bool = False, marks: bool = False, counts: bool = False) -> str:
    """A table in which the best has an interval, p = .004 and few workers."""
    style = TableStyle(intervals=intervals, marks=marks, counts=counts)
    return rendered(name, [table_of_conditions("SD", "SD+DNP")], style)


def test_intervals_stand_beside_the_numbers() -> None:
    assert "| **75.00%** ±10.00† |" in extras("tables.md", intervals=True)
    assert r"\textbf{75.00\%} & {\scriptsize$\pm10.00$}$^{\dagger}$ \\" in extras("tables.tex", intervals=True)
    cells = BeautifulSoup(extras("tables.html", intervals=True), "html.parser").select("tbody tr")[2].select("td")
    assert [cell.text for cell in cells] == ["75.00%", "±10.00†"]


def test_an_interval_that_is_not_symmetric_prints_both_sides() -> None:
    style = TableStyle("split", intervals=True)
    split = [table_of_conditions("SD", "SD+DNP")]
    assert "| **90.00%** +20.00 −5.00† |" not in rendered("tables.md", split, style)  # of the share without ties
    assert "| **90.00%** +5.00 −20.00† |" in rendered("tables.md", split, style)
    assert r"{\scriptsize$^{+5.00}_{-20.00}$}" in rendered("tables.tex", split, style)


def test_few_workers_are_explained_where_a_number_is_marked() -> None:
    words = "† From fewer than 20 comparisons or workers: the interval may be too narrow."
    assert words in extras("tables.md", intervals=True)
    assert words not in extras("tables.md", marks=True)


def test_the_best_is_marked_where_the_others_differ() -> None:
    assert r"| **75.00%** \*\* |" in extras("tables.md", marks=True)  # p = .004
    assert r"\textbf{75.00\%} & $^{**}$ \\" in extras("tables.tex", marks=True)
    assert "adjusted p" in extras("tables.md", marks=True)
    assert "adjusted p" not in extras("tables.md", intervals=True)


@pytest.mark.parametrize(("p", "mark"), [(0.05, ""), (0.049, "*"), (0.0099, "**"), (0.00099, "***"), (None, "")])
def test_marks_follow_p(p: float | None, mark: str) -> None:
    best = Row("SD", (Share(7, 10, best=True, p=p),))
    one = Table("demo", ("quality",), (Block("Hand", (Row("No Clear Winner", (TIED,)), best), (10,)),), False, "")
    cell = BeautifulSoup(rendered("tables.html", [one], TableStyle(marks=True)), "html.parser").select(".beside")[1]
    assert cell.text == mark


def test_counts_are_printed_instead_of_percentages() -> None:
    assert body(extras("tables.html", counts=True))[:3] == [["A&E", "No Clear Winner", "4"], ["SD", "1"], ["SD+DNP", "15"]]
    assert "Number of synthetic votes" in extras("tables.md", counts=True)
    assert "±" not in extras("tables.md", counts=True, intervals=True)


def test_split_ties_have_no_row_and_are_explained() -> None:
    text = rendered("tables.html", [table_of_conditions("SD", "SD+DNP")], TableStyle("split", counts=True))
    assert body(text)[:3] == [["A&E", "SD", "2.00"], ["SD+DNP", "18.00"], ["N", "20"]]
    assert "Each vote for no clear winner is split equally among the methods shown." in text


def test_a_column_can_be_rounded_to_100() -> None:
    rows = tuple(Row(name, (Share(1, 3, best=False),)) for name in ("No Clear Winner", "SD", "SD+DNP"))
    thirds = Table("demo", ("quality",), (Block("Hand", rows, (3,)),), rehearsal=False, unscreened="")
    style = TableStyle(rounding="largest-remainder")
    assert [cells[-1] for cells in body(rendered("tables.html", [thirds], style))] == ["33.34%", "33.33%", "33.33%", "3"]
    assert rendered("tables.csv", [thirds], style).splitlines()[1] == "demo,Hand,No Clear Winner,33.34,1,3,0,,"


def test_rounding_is_told_of_the_columns_that_add_up() -> None:
    style, best = TableStyle(rounding="largest-remainder"), Row("SD", (WON,))
    alone = Block("A&E", (Row("No Clear Winner", (TIED,)), best, Row("SD+DNP", (LOST,))), (10,))
    pairs = Block("Hand", (Row("No Clear Winner", (TIED,)), best, Row("SD+DNP", (Share(1, 5, best=False),))), (10,))
    said = [
        rendered("tables.md", [Table("demo", ("quality",), blocks, False, "")], style)
        for blocks in ((alone,), (alone, pairs), (pairs,))
    ]
    assert "Rounded so that columns add up to 100." in said[0]
    assert "Columns of all votes are rounded to add up to 100." in said[1]
    assert "ounded" not in said[2]


def test_stars_are_explained_only_where_a_cell_could_have_them() -> None:
    assert "adjusted p" not in rendered("tables.md", [table()], TableStyle(marks=True))  # nothing was tested


def test_the_csv_has_columns_for_what_is_asked() -> None:
    text = rendered("tables.csv", [table_of_conditions("SD", "SD+DNP")], TableStyle(intervals=True, marks=True))
    frame = pd.read_csv(io.StringIO(text), keep_default_na=False)
    measures = ["quality_percent", "quality_votes", "quality_total", "quality_low", "quality_high", "quality_p"]
    assert list(frame.columns) == [
        *["study", "prompt_set", "method", *measures, "rehearsal", "unscreened", "excluded", "subset"],
    ]
    assert list(frame.loc[2, measures]) == [75.0, 15, 20, 65.0, 85.0, "0.004"]
    assert list(frame["subset"]) == [""] * 3 + ["A&E part"] * 3


def test_a_subset_stands_behind_its_prompt_set() -> None:
    for name, words in (("tables.md", "| A&E: A&E part |"), ("tables.tex", r"{A\&E: A\&E part}")):
        assert words in rendered(name, [table_of_conditions("SD", "SD+DNP")])
