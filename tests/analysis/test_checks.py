"""Every kind of faulty line is found, on its line, with a reason that names the column."""

from pathlib import Path

import pytest

from analysis.faults import BadVotesFile
from analysis.votes import read_votes
from tests.analysis.votes_files import GOOD_VOTE, vote, write_votes


def faults_of(path: Path, *votes: dict[str, str]) -> list[tuple[int, str]]:
    """(line, reason) of each fault; the votes begin on line 2."""
    with pytest.raises(BadVotesFile) as refused:
        read_votes(write_votes(path, votes))
    return [(fault.line, fault.reason) for fault in refused.value.faults]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "votes.csv"


@pytest.mark.parametrize("column", GOOD_VOTE)
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_required_value_may_not_be_empty(path: Path, column: str, blank: str) -> None:
    assert faults_of(path, vote(worker="w0"), vote(**{column: blank})) == [(3, f"{column} is empty")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("study", " demo"),
        ("study", "de\nmo"),
        ("prompt_set", "A&E "),
        ("worker", "w1\t"),
        ("criterion", "correct\x07ness"),
        ("seed", "1.0"),
        ("seed", "seven"),
        ("seed", "007"),
        ("seed", "9223372036854775808"),
        ("seed", "٧"),
        ("choice", "SD+other"),
        ("choice", "No Clear Winner"),
        ("choice", "sd"),
        ("answered_at", "1 May 2024"),
        ("answered_at", "2024-13-01T00:00:00"),
        ("answered_at", "0001-01-01T00:00:00+05:00"),
        ("answered_at", "1714559400"),
        ("seconds", "-1"),
        ("seconds", "nan"),
        ("seconds", "inf"),
        ("seconds", "1e999"),
        ("seconds", "1_000"),
        ("seconds", "12,5"),
        ("trial", ""),
        ("rehearsal", ""),
        ("rehearsal", "yes"),
        ("unscreened", "a\x07bell"),
        ("excluded", "a\x07bell"),
        ("excluded", "0"),
        ("excluded", "True"),
        ("conditions", "SD"),
        ("conditions", "SD|SD+DNP|SD"),
        ("conditions", "SD||SD+DNP"),
        ("gold", "SD+other"),
        ("gold", "0"),
        ("subset", " people"),
        ("session", "a\nb"),
        ("channel", "mturk "),
    ],
)
def test_a_bad_value_is_refused_with_its_column(path: Path, column: str, value: str) -> None:
    ((line, reason),) = faults_of(path, vote(**{column: value}))
    assert line == 2
    assert reason.startswith(f"{column} ")


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ("SD", "names 1 of the 2 to 4"),
        ("SD|B|C|D|E", "names 5 of the 2 to 4"),
        ("SD|B|SD", "names a condition twice"),
        ("SD|", "has an empty name"),
        ("SD| B", "no blank before or after"),
        ("SD|No clear winner", "is a choice and no condition"),
    ],
)
def test_shown_names_two_to_four_different_conditions(path: Path, shown: str, reason: str) -> None:
    ((_, found),) = faults_of(path, vote(shown=shown))
    assert reason in found


@pytest.mark.parametrize("value", ["0", "false", "False", "1", "TRUE"])
def test_rehearsal_is_written_as_databases_and_spreadsheets_do(path: Path, value: str) -> None:
    frame = read_votes(write_votes(path, [vote(rehearsal=value)]))
    assert frame["rehearsal"].tolist() == [value.lower() in ("1", "true")]


def test_two_answers_to_one_criterion_of_a_trial_are_refused(path: Path) -> None:
    faults = faults_of(path, vote(), vote(criterion="quality"), vote(choice="SD+DNP"))
    assert faults == [(4, "line 2 answers “correctness” in the same trial already")]


def test_a_worker_may_see_a_pair_again_in_another_trial(path: Path) -> None:
    frame = read_votes(write_votes(path, [vote(trial="t1"), vote(trial="t2")]))
    assert frame["trial"].tolist() == [0, 1]


def test_studies_may_name_their_trials_alike(path: Path) -> None:
    frame = read_votes(write_votes(path, [vote(trial="1"), vote(trial="1", study="other", seed="8")]))
    assert frame["trial"].tolist() == [0, 1]


def test_the_shown_order_may_not_differ_within_a_trial(path: Path) -> None:
    faults = faults_of(path, vote(), vote(criterion="quality", shown="SD+DNP|SD"))
    assert faults == [(3, "shown is “SD+DNP|SD”, but “SD|SD+DNP” on line 2 of the same trial")]


@pytest.mark.parametrize("column", ["prompt_set", "prompt", "seed", "worker"])
def test_a_named_trial_has_one_prompt_seed_and_worker(path: Path, column: str) -> None:
    ((line, reason),) = faults_of(path, vote(trial="1"), vote(trial="1", criterion="quality", **{column: "8"}))
    assert line == 3
    assert reason.startswith(f"{column} is “8”")


def test_rehearsal_votes_next_to_real_ones_are_each_refused(path: Path) -> None:
    votes = [vote(worker=f"w{number}", rehearsal=rehearsal) for number, rehearsal in enumerate("1010")]
    faults = faults_of(path, *votes)
    assert [line for line, _ in faults] == [2, 4]
    assert all("votes of people too" in reason for _, reason in faults)


@pytest.mark.parametrize("column", ["session", "channel"])
def test_a_trial_is_of_one_session_and_channel(path: Path, column: str) -> None:
    faults = faults_of(path, vote(**{column: "a"}), vote(criterion="quality", **{column: ""}))
    assert faults == [(3, f"{column} is “”, but “a” on line 2 of the same trial")]


def test_a_prompt_is_in_one_subset(path: Path) -> None:
    votes = [vote(subset="people"), vote(worker="w2", seed="8", subset="objects"), vote(study="other", subset="objects")]
    assert faults_of(path, *votes) == [(3, "subset is “objects”, but “people” on line 2 of the same prompt")]


def test_blank_values_of_optional_columns_are_no_faults(path: Path) -> None:
    frame = read_votes(write_votes(path, [vote(subset="", gold=" ", session="", channel="", conditions="", unscreened="")]))
    assert len(frame) == 1


def test_gold_may_be_no_clear_winner(path: Path) -> None:
    assert read_votes(write_votes(path, [vote(gold="no clear winner")]))["gold"].tolist() == ["no clear winner"]


@pytest.mark.parametrize("name", ["Excluded", "trial ", "GOLD"])
def test_a_column_whose_name_is_almost_known_is_refused(path: Path, name: str) -> None:
    ((line, reason),) = faults_of(path, vote(**{name: "1"}))
    assert line == 1
    assert reason == f"the column “{name}” would be ignored; write {name.strip().lower()}, or name it quite differently"


def test_a_rehearsal_and_a_real_study_may_share_a_file(path: Path) -> None:
    frame = read_votes(write_votes(path, [vote(rehearsal="1"), vote(rehearsal="0", study="other")]))
    assert frame["rehearsal"].tolist() == [True, False]


def test_the_row_order_is_one_for_the_whole_study(path: Path) -> None:
    ((line, reason),) = faults_of(path, vote(conditions="SD|SD+DNP"), vote(worker="w2", conditions="SD+DNP|SD"))
    assert line == 3
    assert reason.endswith("on line 2 of the same study")


def test_all_faults_are_listed_in_the_order_of_the_file(path: Path) -> None:
    votes = [vote(seconds="-1"), vote(worker="w2"), vote(worker="w3", seed="x", choice="?"), vote()]
    assert [line for line, _ in faults_of(path, *votes)] == [2, 4, 4, 5]


def test_votes_of_nobody_are_not_called_answers_in_one_trial(path: Path) -> None:
    assert faults_of(path, vote(worker=""), vote(worker="")) == [(2, "worker is empty"), (3, "worker is empty")]


def test_the_message_tells_the_file_and_every_line(path: Path) -> None:
    with pytest.raises(BadVotesFile, match=r"votes\.csv was refused(.|\n)*line 2: seed(.|\n)*line 3: seconds"):
        read_votes(write_votes(path, [vote(seed="x"), vote(worker="w2", seconds="x")]))


def test_the_message_says_what_to_do(path: Path) -> None:
    with pytest.raises(BadVotesFile, match=r"line 3: line 2 answers .* already; keep one of the two, or, if the worker saw"):
        read_votes(write_votes(path, [vote(), vote()]))


def test_the_message_of_very_many_faults_lists_the_first_and_counts_the_rest(path: Path) -> None:
    with pytest.raises(BadVotesFile) as refused:
        read_votes(write_votes(path, [vote(worker=f"w{number}", seconds="x") for number in range(1500)]))
    assert len(refused.value.faults) == 1500
    told = str(refused.value).splitlines()
    assert told[-2:] == ["  line 201: seconds “x” is not a number from 0, like 12.5", "  and 1,300 more, down to line 1,501"]
