import csv
import io
import itertools
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from analysis.tables import tables_of
from analysis.votes import read_votes
from analysis.web.trace import trace
from generation.models import Image
from studies.exclusion import exclude
from studies.export import vote_lines
from studies.models import Study
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, WorkerFactory, published_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    """Closed, of 3 comparisons: one worker chose A, B and neither, another always B, a third, excluded, always A."""
    settings.MEDIA_ROOT = tmp_path
    study = published_study(conditions=3, prompts=3, votes_wanted=3, name="Spring")
    a, b, _ = study.conditions.all()
    answer(study, [a, b, None])
    answer(study, [b, b, b])
    left = WorkerFactory.create()
    answer(study, [a, a, a], worker=left)
    exclude(study, left, "always left", "ada", NOON)
    study.close()
    return study


def _traced(study: Study, *, method: str = "Method A", csv: str | None = None) -> str:
    """What the command prints of a cell of quality."""
    out = io.StringIO()
    names = {"prompt_set": str(study.prompt_sets.get()), "method": method, "criterion": "quality"}
    call_command("trace", study.name, csv=csv, stdout=out, **names)
    return out.getvalue()


def _rows(printed: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed)))


def test_every_cell_of_the_table_leads_to_as_many_votes_as_it_says(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("".join(vote_lines(study, rehearsal=False)), encoding="utf-8")
    (table,) = tables_of(read_votes(path))
    (block,) = table.blocks
    for row, (number, criterion) in itertools.product(block.rows, enumerate(table.criteria)):
        traced, share = trace(study, block.prompt_set, row.method, criterion, rehearsal=False), row.shares[number]
        assert traced.line is not None
        assert (len(traced.counted), traced.line.total, traced.line.percent) == (share.votes, share.total, share.percent)


def test_the_command_prints_the_cell_as_the_table_does(study: Study) -> None:
    printed = _traced(study, method="Method B").splitlines()
    assert printed[1] == "4 of 6 votes: 66.67 %"
    assert printed[3] == "Votes that count: 4"
    assert sum(" · trial " in line for line in printed) == 4


def test_no_clear_winner_is_a_row_like_the_others(study: Study) -> None:
    (vote,) = _rows(_traced(study, method="No Clear Winner", csv="votes"))
    assert vote["choice"] == "no clear winner"


def test_excluded_votes_are_told_apart_with_the_reason(study: Study) -> None:
    votes = _rows(_traced(study, csv="votes"))
    assert [vote["excluded"] for vote in votes] == ["", "always left", "always left", "always left"]
    printed = _traced(study)
    assert "Votes that were excluded and are in no share: 3" in printed
    assert printed.count("excluded: always left") == 3


def test_the_votes_are_the_lines_of_the_votes_file(study: Study) -> None:
    file = [row for row in csv.DictReader(vote_lines(study, rehearsal=False)) if row["criterion"] == "quality"]
    for vote in _rows(_traced(study, method="Method B", csv="votes")):
        (line,) = [row for row in file if row["trial"] == vote["trial"]]
        assert vote == {name: line[name] for name in vote}


def test_the_images_are_those_that_were_shown_with_their_provenance(study: Study) -> None:
    Image.objects.update(sha256="5" * 64)
    images = _rows(_traced(study, method="No Clear Winner", csv="images"))
    assert [image["condition"] for image in images] == ["Method A", "Method B", "Method C"]
    source = Image.objects.select_related("condition__checkpoint").get(pk=images[1]["image"])
    assert source.condition == study.conditions.all()[1].condition
    assert images[1]["file"] == source.file.name
    assert images[1]["sha256"] == "5" * 64
    assert images[1]["revision"] == "a" * 40
    assert json.loads(images[1]["settings"]) == source.condition.settings


def test_an_image_is_listed_once_in_a_study_of_pairs(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    study = published_study(conditions=3, prompts=1, votes_wanted=1, design=Study.Design.PAIRS)
    answer(study, [None, None, None])
    traced = trace(study, str(study.prompt_sets.get()), "No Clear Winner", "quality", rehearsal=False)
    assert (len(traced.counted), len(traced.images)) == (3, 3)


@pytest.mark.parametrize("wrong", ["prompt_set", "method", "criterion"])
def test_a_wrong_name_is_answered_with_the_right_ones(study: Study, wrong: str) -> None:
    right = {"prompt_set": str(study.prompt_sets.get()), "method": "Method A", "criterion": "quality"}
    with pytest.raises(CommandError, match=f"“Metod”.*“{right[wrong]}”"):
        call_command("trace", "Spring", **{**right, wrong: "Metod"})


def test_people_s_votes_stay_hidden_while_the_study_takes_more(study: Study) -> None:
    study.resume()
    names = {"prompt_set": str(study.prompt_sets.get()), "method": "Method A", "criterion": "quality"}
    with pytest.raises(CommandError, match="Close the study"):
        call_command("trace", "Spring", **names)
    call_command("trace", "Spring", rehearsal=True, **names)


def test_a_cell_without_votes_says_so(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    study = published_study()
    study.close()
    assert "Votes that count: 0" in _traced(study)


def test_a_trace_takes_as_many_queries_for_many_votes_as_for_few(study: Study) -> None:
    counts = []
    for method in ("No Clear Winner", "Method B"):
        with CaptureQueriesContext(connection) as queries:
            trace(study, str(study.prompt_sets.get()), method, "quality", rehearsal=False)
        counts.append(len(queries))
    assert counts[0] == counts[1]
