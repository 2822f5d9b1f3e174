"""The report as one page: well formed, alone, and with nothing that a name could break."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from analysis.facts import Protocol
from analysis.figures import Picture
from analysis.report import StudyReport
from analysis.report_page import page_of
from tests.analysis.study_report_made import drawn_votes, report_of_votes, study_report
from tests.analysis.votes_files import vote

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
NASTY = "<b>&\"'</b>"
VOID = {"meta", "img", "link", "br", "hr", "input"}


class Reader(HTMLParser):
    """The elements of a page, and whether each ends where it should."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


def picture(name: str) -> Picture:
    return Picture(name, f"Title of {name}", f"What {name} shows", b"", SVG, b"")


PICTURES = tuple(
    picture(name)
    for name in ("shares", "records", "differences", "worths", "agreement", "position", "votes-over-time", "most-contested")
)


def read(*reports: StudyReport, pictures: Iterable[Picture] = PICTURES) -> Reader:
    return Reader(page_of(reports, {report.study: tuple(pictures) for report in reports}))


def text_of(report: StudyReport) -> str:
    return " ".join(" ".join(read(report).words).split())


@pytest.fixture(scope="module")
def two_studies() -> Reader:
    return read(study_report(), study_report(("a", "b", "c"), ("Hand",), ("quality",), study=NASTY, at_once=2))


def test_all_elements_end_and_all_names_are_text(two_studies: Reader) -> None:
    assert NASTY in two_studies.words
    assert not {"b", "script", "iframe", "form"} & {tag for tag, _ in two_studies.elements}


def test_nothing_is_fetched(two_studies: Reader) -> None:
    assert all(source.startswith("data:image/svg+xml;base64,") for source in two_studies.all("src"))
    assert not any(re.search(r"https?://|url\(", word) for word in [*two_studies.words, *two_studies.all("style")])


def test_links_lead_to_parts_of_the_page(two_studies: Reader) -> None:
    anchors = two_studies.all("id")
    assert max(Counter(anchors).values()) == 1
    assert {link.removeprefix("#") for link in two_studies.all("href")} <= set(anchors)


def test_every_figure_has_words_for_those_who_cannot_see_it(two_studies: Reader) -> None:
    assert two_studies.all("alt").count("What differences shows") == 2
    assert set(two_studies.all("alt")) == {each.alt for each in PICTURES}


def test_every_number_of_a_figure_is_in_a_table() -> None:
    found = text_of(study_report())
    differences, worths = study_report().differences, study_report().ranking.worths
    assert all(f"{each.estimate:+.2f}".replace("-", "−") in found for each in differences)
    assert all(f"{each.worth:.3f}" in found for each in worths)
    assert all(f"{each.percent:.2f} %" in found for each in study_report().position)


def test_what_each_condition_won_tied_and_lost_is_in_a_table() -> None:
    pairs = study_report(("a", "b", "c"), ("Hand",), ("quality",), at_once=2)
    tied = [100 * each.ties / each.total for each in pairs.shares]
    lost = [100 * (each.total - each.votes - each.ties) / each.total for each in pairs.shares]
    for won, *others in list(zip([each.percent or 0 for each in pairs.shares], tied, lost, strict=True))[1:]:
        assert f"{won:.2f} % {others[0]:.2f} % {others[1]:.2f} %" in text_of(pairs)
    assert "won, tied and lost" not in text_of(study_report())


def test_names_are_escaped_wherever_they_stand() -> None:
    votes = drawn_votes((NASTY, "SD"), (f"set {NASTY}",), (f"criterion {NASTY}",))
    odd = {"worker": f"w {NASTY}", "prompt": f"prompt {NASTY}", "excluded": ""}
    report = report_of_votes([*votes, vote(**odd | {"shown": f"SD|{NASTY}", "conditions": f"{NASTY}|SD"})])
    stated = replace(report, protocol=Protocol(pay=f"pay {NASTY}", image_drops=((NASTY, 3),)))
    assert "b" not in {tag for tag, _ in read(stated).elements}
    assert all(f"{name} {NASTY}" in text_of(stated) for name in ("set", "criterion", "w", "prompt", "pay"))


def test_undefined_numbers_are_dashes() -> None:
    found = text_of(report_of_votes([vote()]))
    assert "–" in found
    assert not re.search(r"\b(nan|None|inf)\b", found)


def test_a_study_in_which_no_vote_counts_says_so() -> None:
    found = text_of(report_of_votes([vote(excluded="too fast")]))
    assert "No vote of this study counts" in found
    assert "too fast" in found


def test_notes_stand_where_there_are_warnings() -> None:
    few = report_of_votes([vote(), vote(worker="w2", seed="8"), vote(worker="w2", seed="9")])
    assert "only 3 comparisons and 2 workers: the interval may be too narrow" in text_of(few)
    assert ("th", {"scope": "col"}) in read(few).elements
    assert "Note" in read(few).words
    assert "Note" not in read(study_report()).words


def test_a_rehearsal_says_so_at_the_top() -> None:
    words = read(study_report(("SD", "SD+DNP"), ("A&E",), ("quality",), rehearsal="1")).words
    assert "Rehearsal: synthetic voters, not people." in words[: words.index("Shares of votes") + 30]


def test_of_many_workers_those_with_most_votes_are_listed() -> None:
    report = study_report()
    many = tuple(replace(report.workers[0], worker=f"worker {number}", votes=number) for number in range(2000))
    found = text_of(replace(report, workers=many))
    assert "Of 2,000 workers, 50 are here; report.json has all." in found
    assert "worker 1999" in found
    assert "worker 1949" not in found


def test_long_tables_open_on_a_click() -> None:
    report = study_report()
    long = replace(report, differences=report.differences * 20)
    details = [attributes for tag, attributes in read(long).elements if tag == "details"]
    assert [attributes for attributes in details if "open" not in attributes] == [{}]


def test_the_protocol_is_printed_as_stated_or_as_not_stated() -> None:
    stated = replace(study_report(), protocol=Protocol(pay="0.20 USD a trial", image_drops=(("SD", 3),)))
    found = text_of(stated)
    assert "Pay 0.20 USD a trial Hourly wage not stated" in found
    assert "Images flagged as NSFW SD: 3" in found


def test_nobody_or_somebody_decides() -> None:
    report = study_report()
    assert ("No winner of a prompt set" in text_of(report)) == (not report.influences)
    decided = report_of_votes([vote(), vote(worker="w2", seed="8"), vote(worker="w3", seed="8", choice="SD+DNP")])
    assert all(each.sentence in text_of(decided) for each in decided.influences)
