"""Which worker's absence changes a winner, against counting again without each."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.influence import Influence, influences
from tests.analysis.study_votes_made import Choice, study_votes

TIE = "no clear winner"
ORDERS = ["A|B", "B|C", "A|B|C"]
VOTES = st.lists(
    st.tuples(st.sampled_from(["x", "y"]), st.sampled_from("uvw"), st.sampled_from(ORDERS), st.integers(0, 3)),
    min_size=1,
    max_size=25,
)


def ballots(**choices: str) -> list[Choice]:
    """Each worker's choices between A and B, one letter each, on prompts of one set."""
    return [
        ("Human", f"p{row}", 0, worker, "quality", "A|B", choice)
        for worker, chosen in choices.items()
        for row, choice in enumerate(chosen)
    ]


def changes(choices: list[Choice]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(row.worker, row.winners, row.winners_without) for row in influences(study_votes(choices))]


def test_who_decides_is_named() -> None:
    (found,) = influences(study_votes(ballots(w1="AB", w2="AB", w17="AAA", w3="BB")))
    assert found == Influence("w17", "quality", "Human", ("A",), ("B",))
    assert found.sentence == "Without w17, B wins quality on Human instead of A."


def test_a_tie_made_or_broken_is_a_change() -> None:
    made, broken = ballots(w1="AAB", w2="AB", w3="A", w4="B"), ballots(w1="AB", w2="AB", w3="ABB", w4="A")
    assert ("w3", ("A",), ("A", "B")) in changes(made)
    assert ("w4", ("A", "B"), ("B",)) in changes(broken)


def test_without_the_only_worker_there_is_nothing_to_win() -> None:
    assert influences(study_votes(ballots(w1="A"))) == ()
    tie = ("Human", "p0", 0, "w2", "quality", "A|B", TIE)
    (found,) = influences(study_votes([*ballots(w1="A"), tie]))
    assert found.sentence == "Without w1, nobody wins quality on Human instead of A."


def test_over_all_prompt_sets_comes_first() -> None:
    votes = [("x", "p", 0, "w1", "q", "A|B", "A"), ("y", "p", 0, "w1", "q", "A|B", "A"), ("y", "p", 0, "w2", "q", "A|B", "B")]
    first = influences(study_votes(votes))[0]
    assert first.sentence == "Without w1, B wins q over all prompt sets instead of A."


def winners(choices: list[Choice]) -> tuple[str, ...]:
    """By counting: the largest share of votes on comparisons that showed the condition."""
    votes = {name: sum(row[6] == name for row in choices) for name in "ABC"}
    shown = {name: sum(name in row[5].split("|") for row in choices) for name in "ABC"}
    most = max(votes[name] / shown[name] if shown[name] else 0 for name in "ABC")
    return tuple(name for name in "ABC" if votes[name] and votes[name] / shown[name] == most)


@settings(max_examples=20)
@given(VOTES)
def test_as_if_the_votes_were_counted_without_each(drawn: list[tuple[str, str, str, int]]) -> None:
    choices = []
    for row, (prompt_set, worker, order, choice) in enumerate(drawn):
        options = [TIE, *order.split("|")]
        choices.append((prompt_set, f"p{row}", 0, worker, "q", order, options[choice % len(options)]))
    found = {(row.worker, row.prompt_set): row.winners_without for row in influences(study_votes(choices))}
    for worker in {row[3] for row in choices}:
        for prompt_set in {row[0] for row in choices}:
            here = [row for row in choices if row[0] == prompt_set]
            left = [row for row in here if row[3] != worker]
            if left:
                assert found.get((worker, prompt_set), winners(here)) == winners(left)


def test_without_votes_nobody_decides() -> None:
    votes = study_votes(ballots(w1="A"))
    assert influences(votes.only(votes.option < 0)) == ()
