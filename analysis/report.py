"""Everything that is said of a study's votes, computed once: the tables, figures and pages print it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.agreement import Agreement, agreement
from analysis.annotations import annotated_tables
from analysis.automatic.measured import Measured
from analysis.bootstrap import resampled_counts
from analysis.channels import Channels, channels
from analysis.choice_model import Term, choice_model
from analysis.contested import Contested, contested
from analysis.duels import Duel, duels
from analysis.exclusions import Effect, Excluded, effects, excluded
from analysis.facts import Facts, Protocol, facts
from analysis.headline import Headline, headlines
from analysis.inference import Difference, ShareInterval, differences, share_intervals
from analysis.influence import Influence, influences
from analysis.judges import FEWEST_SHOWN
from analysis.outcomes import counts_of, outcomes_of
from analysis.position import PositionShare, position_bias
from analysis.ranking import Ranking, ranking
from analysis.study_votes import StudyVotes, studies_of
from analysis.tables import Table
from analysis.workers import WorkerMeasures, worker_measures


@dataclass(frozen=True)
class StudyReport:
    """One study's statistics; the fields are named as in report.json."""

    study: str
    prompt_sets: tuple[str, ...]
    criteria: tuple[str, ...]
    conditions: tuple[str, ...]
    resamples: int
    seed: int
    protocol: Protocol
    facts: Facts
    tables: tuple[Table, ...]  # by prompt set, and by subset where there are any
    shares: tuple[ShareInterval, ...]
    differences: tuple[Difference, ...]
    headlines: tuple[Headline, ...]
    duels: tuple[Duel, ...]
    choice_model: tuple[Term, ...]
    ranking: Ranking
    agreement: tuple[Agreement, ...]
    channels: Channels  # empty where workers came from one channel
    workers: tuple[WorkerMeasures, ...]
    influences: tuple[Influence, ...]
    position: tuple[PositionShare, ...]
    excluded: tuple[Excluded, ...]
    effects: tuple[Effect, ...]
    most_contested: tuple[Contested, ...]
    least_contested: tuple[Contested, ...]
    metrics: tuple[Measured, ...]  # automatic ones of the images; none where none were given

    @property
    def table(self) -> Table:
        """The table of the paper, by prompt set."""
        return self.tables[0]

    @property
    def most_shown(self) -> int:
        """How many conditions a comparison shows at most."""
        return max((each.position for each in self.position), default=FEWEST_SHOWN)


def reports_of(
    votes: pd.DataFrame,
    *,
    resamples: int,
    seed: int,
    protocol: Protocol,
    checks: pd.DataFrame | None = None,
    metrics: Sequence[Measured] = (),
) -> Iterator[StudyReport]:
    """A report for each study of a frame made by `read_votes`, in order of first appearance; metrics of other studies too."""
    for counted, rows in studies_of(votes):
        report = report_of(counted, rows, resamples=resamples, seed=seed, protocol=protocol, checks=checks)
        yield replace(report, metrics=tuple(each for each in metrics if each.study == counted.study))


def report_of(
    votes: StudyVotes, rows: pd.DataFrame, *, resamples: int, seed: int, protocol: Protocol, checks: pd.DataFrame | None
) -> StudyReport:
    """votes: those that count. rows: all of the study, excluded ones too. checks: as `read_checks` gives them, or None."""
    outcomes = outcomes_of(votes)
    counts, resampled = counts_of(votes, outcomes), resampled_counts(votes, outcomes, resamples, seed)
    shares, tests = share_intervals(votes), differences(votes)
    most, least = contested(votes, rows)
    return StudyReport(
        study=votes.study,
        prompt_sets=votes.prompt_sets,
        criteria=votes.criteria,
        conditions=votes.conditions,
        resamples=resamples,
        seed=seed,
        protocol=protocol,
        facts=facts(votes, rows),
        tables=annotated_tables(votes, rows, shares, tests),
        shares=shares,
        differences=tests,
        headlines=headlines(votes, outcomes, resampled),
        duels=duels(votes, outcomes, counts),
        choice_model=choice_model(votes),
        ranking=ranking(votes, outcomes, resampled),
        agreement=agreement(votes, resamples, seed),
        channels=channels(votes, rows, resamples, seed),
        workers=worker_measures(votes, rows, checks),
        influences=influences(votes),
        position=position_bias(votes),
        excluded=excluded(rows),
        effects=effects(votes, rows),
        most_contested=most,
        least_contested=least,
        metrics=(),
    )
