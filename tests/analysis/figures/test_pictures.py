"""Every figure of a study, as files."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from analysis.figures import (
    Picture,
    agreement,
    differences,
    over_time,
    pictures_of,
    position,
    records,
    shares,
    worths,
    write_figures,
)
from analysis.figures.saving import picture, style
from analysis.judges import NO_CLEAR_WINNER
from analysis.report import StudyReport
from tests.analysis.figures.drawings import drawn, svg_of
from tests.analysis.study_report_made import report_of_votes, study_report
from tests.analysis.votes_files import vote

ALWAYS = (shares, differences, worths, agreement, position, over_time)
LONG = tuple(f"A method with a rather long name, λ = {number}.5" for number in range(12))


@pytest.fixture(scope="module")
def pictures() -> tuple[Picture, ...]:
    return pictures_of(study_report())


def test_a_study_has_its_figures_in_the_order_of_the_report(pictures: tuple[Picture, ...]) -> None:
    assert [each.name for each in pictures] == [each.NAME for each in ALWAYS]


def test_every_figure_is_a_pdf_an_svg_and_a_png(pictures: tuple[Picture, ...]) -> None:
    for each in pictures:
        assert (each.pdf[:5], each.svg[:5], each.png[1:4]) == (b"%PDF-", b"<?xml", b"PNG")


def test_the_same_report_makes_the_same_bytes(pictures: tuple[Picture, ...]) -> None:
    with style():
        again = [picture(each.NAME, each.TITLE, each.ALT, drawn(each, study_report())) for each in (shares, position)]
    assert again == [each for each in pictures if each.name in ("shares", "position")]


def test_no_figure_says_when_it_was_made(pictures: tuple[Picture, ...]) -> None:
    for each in pictures:
        assert b"CreationDate" not in each.pdf
        assert b"<dc:date>" not in each.svg


def test_pdfs_have_no_fonts_of_type_3_which_publishers_refuse(pictures: tuple[Picture, ...]) -> None:
    assert not any(b"/Type3" in each.pdf for each in pictures)


def test_svgs_hold_the_names_and_say_what_they_show(pictures: tuple[Picture, ...]) -> None:
    svg = pictures[0].svg.decode()
    assert all(f"<!-- {name} -->" in svg for name in ("SD", "SD+DNP", "No Clear Winner", "A&amp;E", "Human", "Correctness"))
    assert pictures[0].alt in svg


def test_the_files_of_each_study_are_in_a_folder_of_its_own(tmp_path: Path, pictures: tuple[Picture, ...]) -> None:
    paths = write_figures({"DNP": pictures[:1], "dnp": pictures[:1]}, tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in paths] == [
        *("dnp/shares.pdf", "dnp/shares.svg", "dnp/shares.png", "dnp-2/shares.pdf", "dnp-2/shares.svg", "dnp-2/shares.png")
    ]
    assert paths[1].read_bytes() == pictures[0].svg


def test_a_study_in_pairs_shows_what_each_condition_won_tied_and_lost() -> None:
    pairs = study_report(("a", "b", "c"), ("A&E",), ("quality",), at_once=2)
    with style():
        assert shares.draw(pairs) is None
        assert records.draw(pairs) is not None
        assert records.draw(study_report()) is None


def test_of_three_shown_at_a_time_a_vote_is_won_or_lost_once() -> None:
    votes = [("a|b|c", "a"), ("a|b|c", "a"), ("a|b|c", "b"), ("a|b|d", "d"), ("a|b|d", NO_CLEAR_WINNER)]
    report = report_of_votes(
        vote(shown=shown, choice=choice, worker=f"w{number}") for number, (shown, choice) in enumerate(votes)
    )
    found = {share.method: records.record_of(share) for share in report.shares}
    assert found["a"] == (40, 20, 40)  # of five votes: two for a, a tie, one each for b and d
    assert found["b"] == (20, 20, 60)
    assert found["c"] == pytest.approx((0, 0, 100))
    assert found["d"] == (50, 50, 0)


def test_names_of_twelve_conditions_do_not_overlap() -> None:
    with style():
        figure = records.draw(study_report(LONG, ("A&E",), at_once=2))
        assert figure is not None
        figure.draw_without_rendering()
        names = [text.get_window_extent() for text in figure.texts]
    assert len(names) == 13  # with the prompt set
    assert not any(one.overlaps(other) for one, other in combinations(names, 2))
    assert all(name.x0 >= 0 for name in names)


def test_a_difference_of_long_names_keeps_its_minus() -> None:
    long = ("a" * 60 + " 1", "b" * 60 + " 2")
    with style():
        (heading,) = [
            text.get_text() for text in drawn(differences, study_report(long, ("A&E",))).texts if "…" in text.get_text()
        ]
    assert heading.count(" − ") == 1
    assert heading.startswith("aaa")
    assert heading.endswith("b 2")


def without_numbers(report: StudyReport) -> StudyReport:
    """The same with an undefined number of each kind, and no vote in A&E."""
    differences, agreement, position, ranking = report.differences, report.agreement, report.position, report.ranking
    return replace(
        report,
        shares=tuple(replace(each, percent=None) if each.prompt_set == "A&E" else each for each in report.shares),
        differences=(replace(differences[0], estimate=None, low=None, high=None), *differences[1:]),
        agreement=(replace(agreement[0], alpha=None, low=None, high=None), *agreement[1:]),
        position=(replace(position[0], percent=None, expected=None), *position[1:]),
        ranking=replace(ranking, worths=(replace(ranking.worths[0], low=None, high=None), *ranking.worths[1:])),
    )


def test_undefined_numbers_are_left_out() -> None:
    with style():
        svgs = [svg_of(drawn(each, without_numbers(study_report()))) for each in ALWAYS]
    assert "<!-- no votes -->" in svgs[0]


def test_a_study_in_which_no_vote_counts_has_no_figure() -> None:
    assert pictures_of(report_of_votes([vote(excluded="too fast")])) == ()


def test_a_single_vote_is_drawn() -> None:
    report = report_of_votes([vote()])
    with style():
        assert drawn(shares, report).axes
        assert drawn(position, report).axes
        assert worths.draw(report) is not None


def test_a_rehearsal_says_so_in_every_figure() -> None:
    rehearsal = study_report(("SD", "SD+DNP"), ("A&E",), ("quality",), rehearsal="1")
    with style():
        for each in ALWAYS:
            assert "Rehearsal: synthetic voters, not people" in [text.get_text() for text in drawn(each, rehearsal).texts]
