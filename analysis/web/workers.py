"""The workers of a study as a table: how much they did and how well, what was flagged, who is excluded."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import Count

from analysis.web.heads import Order
from analysis.web.measures import Measure, Measures, measures_of
from studies.models import Exclusion, Flag, Session, Study, Worker

COLUMNS = (
    ("name", "Worker"),
    ("flags", "Flags"),
    ("excluded", "Excluded"),
    ("sessions", "Sessions"),
    ("trials", "Trials"),
    ("seconds", "Median seconds"),
    ("gold", "Gold right (%)"),
    ("repeats", "Repeats alike (%)"),
    ("position", "Same position (%)"),
    ("ties", "No clear winner (%)"),
)

TIES = COLUMNS[-1]


def columns(why_hidden: str) -> Sequence[tuple[str, str]]:
    """The columns that may be seen: with each worker's ties the study's own share of them could be worked out."""
    return [column for column in COLUMNS if not (why_hidden and column == TIES)]


@dataclass(frozen=True)
class Row:
    """One worker: sessions by state, and what the votes and the researcher say."""

    worker: Worker
    states: Counter[str]
    measures: Measures
    flags: Sequence[Flag]
    exclusion: Exclusion | None

    @property
    def sessions(self) -> str:
        """How many in which state: “2 done, 1 open”."""
        return ", ".join(f"{number} {state}" for state, number in sorted(self.states.items()))


Value = Callable[[Row], float | str | None]
VALUES: dict[str, Value] = {  # what each of COLUMNS sorts by
    "name": lambda row: row.worker.pseudonym,
    "sessions": lambda row: row.states.total(),
    "trials": lambda row: len(row.measures.seconds_each),
    "seconds": lambda row: row.measures.seconds,
    "gold": lambda row: row.measures.gold.percent,
    "repeats": lambda row: row.measures.repeats.percent,
    "position": lambda row: row.measures.same_position,
    "ties": lambda row: row.measures.ties.percent,
    "flags": lambda row: len(row.flags),
    "excluded": lambda row: row.exclusion is not None,
}
MEASURED_BY = {  # the columns that need a measure of everybody before anybody is in order
    "trials": Measure.SECONDS,
    "seconds": Measure.SECONDS,
    "gold": Measure.GOLD,
    "repeats": Measure.REPEATS,
    "position": Measure.CHOICES,
    "ties": Measure.CHOICES,
}


class People:
    """Everybody who opened a session of a study. All measures are taken of those alone who are looked at."""

    def __init__(self, study: Study, *, rehearsal: bool) -> None:
        self.study, self.rehearsal = study, rehearsal
        self._states, self._flags = _states(study, rehearsal), _flags(study)
        self._exclusions = {each.worker_id: each for each in Exclusion.objects.in_force().filter(study=study)}
        sessions = Session.objects.of(study, rehearsal=rehearsal)
        self._workers = list(Worker.objects.filter(pk__in=sessions.values("worker")).order_by("pseudonym"))

    @property
    def excluded(self) -> int:
        """How many of them are excluded."""
        return sum(worker.pk in self._exclusions for worker in self._workers)

    def in_order(self, order: Order) -> list[Worker]:
        """Sorted by one of COLUMNS, of which the measure alone is taken that it needs."""
        measures: Mapping[int, Measures] = defaultdict(Measures)
        if measure := MEASURED_BY.get(order.column):
            measures = measures_of(self.study, rehearsal=self.rehearsal, measures=[measure])
        return [row.worker for row in sorted_by(self._rows(self._workers, measures), order)]

    def rows(self, workers: Collection[Worker]) -> list[Row]:
        """These of them with everything that is known."""
        return self._rows(workers, measures_of(self.study, rehearsal=self.rehearsal, workers=workers))

    def _rows(self, workers: Iterable[Worker], measures: Mapping[int, Measures]) -> list[Row]:
        return [
            Row(each, self._states[each.pk], measures[each.pk], self._flags[each.pk], self._exclusions.get(each.pk))
            for each in workers
        ]


def _states(study: Study, rehearsal: bool) -> defaultdict[int, Counter[str]]:
    """How many sessions each worker has in each state."""
    states: defaultdict[int, Counter[str]] = defaultdict(Counter)
    sessions = Session.objects.of(study, rehearsal=rehearsal).order_by()
    for worker, state, number in sessions.values_list("worker", "state").annotate(Count("pk")):
        states[worker][state] = number
    return states


def _flags(study: Study) -> defaultdict[int, list[Flag]]:
    flags: defaultdict[int, list[Flag]] = defaultdict(list)
    for flag in Flag.objects.filter(study=study).order_by("rule"):
        flags[flag.worker_id].append(flag)
    return flags


def sorted_by(rows: Sequence[Row], order: Order) -> list[Row]:
    """The rows in an order; those without a value come last either way round, those with the same one by pseudonym."""
    value = VALUES[order.column]
    by_name = sorted(rows, key=lambda row: row.worker.pseudonym)
    known = [(found, row) for row in by_name if (found := value(row)) is not None]
    known.sort(key=itemgetter(0), reverse=order.is_descending)
    return [row for _, row in known] + [row for row in by_name if value(row) is None]
