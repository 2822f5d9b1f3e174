from pathlib import Path

import pytest
from pytest_django import Settings

from analysis.tables import tables_of
from analysis.votes import read_votes
from analysis.web.shares import cells_of, wilson
from studies.allocation import open_session
from studies.export import vote_lines
from studies.models import Study, StudyCondition
from studies.publishing import publish
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, WorkerFactory, add_prompt_set, choose_first, published_study, ready_study


def test_the_interval_is_wilsons() -> None:
    # z = 1.959964: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n) for 10 of 40, by hand
    assert wilson(10, 40) == pytest.approx((14.19, 40.19), abs=0.01)


def test_an_interval_never_leaves_0_to_100() -> None:
    assert wilson(0, 5)[0] == 0
    assert wilson(5, 5)[1] == pytest.approx(100)


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    settings.MEDIA_ROOT = tmp_path
    return published_study(conditions=3, prompts=4, votes_wanted=3)


@pytest.mark.django_db
def test_shares_are_those_of_the_choices(study: Study) -> None:
    a, b, _ = study.conditions.all()
    answer(study, [a, a, b, None])
    answer(study, [a, a, a, a])
    cells = cells_of(study, rehearsal=False)
    assert [(cell.criterion, cell.total) for cell in cells] == [("correctness", 8), ("quality", 8)]
    lines = [(line.option, line.votes, str(line.percent)) for line in cells[0].lines]
    assert lines == [
        ("No Clear Winner", 1, "12.50"),
        ("Method A", 6, "75.00"),
        ("Method B", 1, "12.50"),
        ("Method C", 0, "0.00"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("design", [Study.Design.TOGETHER, Study.Design.PAIRS, Study.Design.BASELINE])
def test_shares_are_those_of_the_tables_to_download(settings: Settings, tmp_path: Path, design: Study.Design) -> None:
    settings.MEDIA_ROOT = tmp_path
    study = ready_study(conditions=3, prompts=3, votes_wanted=3, design=design)
    add_prompt_set(study, prompts=2)
    StudyCondition.objects.filter(study=study, printed_name="Method B").update(is_baseline=True)
    publish(study, NOON)
    for _ in range(3):
        session = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
        for trial in list(session.trials.all())[:-1]:
            trial.record(choose_first(trial), NOON)
    path = tmp_path / "votes.csv"
    path.write_text("".join(vote_lines(study, rehearsal=False)))
    blocks = {block.prompt_set: block for block in tables_of(read_votes(path))[0].blocks}
    for position, cell in enumerate(cells_of(study, rehearsal=False)):
        shares = {row.method: row.shares[position % 2] for row in blocks[cell.prompt_set].rows}
        of_table = [(name, share.votes, share.total, share.percent) for name, share in shares.items()]
        assert [(line.option, line.votes, line.total, line.percent) for line in cell.lines] == of_table


@pytest.mark.django_db
def test_in_pairs_a_condition_has_its_share_of_the_votes_on_comparisons_that_showed_it(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    study = ready_study(conditions=3, prompts=1, votes_wanted=1, design=Study.Design.PAIRS)
    publish(study, NOON)
    answer(study, [None, None, None])  # A with B, A with C, B with C
    lines = cells_of(study, rehearsal=False)[0].lines
    assert [(line.votes, line.total) for line in lines] == [(3, 3), (0, 2), (0, 2), (0, 2)]


@pytest.mark.django_db
def test_a_rehearsal_has_its_own_shares_and_no_votes_are_no_shares(study: Study) -> None:
    answer(study, [study.conditions.first()], rehearsal=True)
    assert [cell.total for cell in cells_of(study, rehearsal=True)] == [1, 1]
    assert [cell.lines for cell in cells_of(study, rehearsal=False)] == [(), ()]
