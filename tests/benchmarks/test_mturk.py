"""A short run of the whole Mechanical Turk channel, with faults and a process that is really killed."""

import pytest

from benchmarks import mturk


def test_votes_ledger_and_account_agree_through_faults_and_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTURK_ENDPOINT_URL", "")  # which the run sets, and this takes back
    outcome = mturk.run(comparisons=2, votes=2, faults=0.2, kills=1.0, seed=2)
    assert outcome.disagreements == []
    assert (outcome.hits, outcome.handed_in) == (2, 4)
    assert outcome.kills >= 1
