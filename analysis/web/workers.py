"""The workers of a study as a table: how much they did and how well, what was flagged, who is excluded."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import Count

from analysis.web.heads import Order
from analysis.web.measures import Measures, measures_of
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


VALUES: dict[str, Callable[[Row], float | str | None]] = {  # what each of COLUMNS sorts by
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


def workers_of(study: Study, *, rehearsal: bool) -> list[Row]:
    """Everybody who opened a session; eight queries."""
    states = _states(study, rehearsal)
    measures = measures_of(study, rehearsal=rehearsal)
    flags = _flags(study)
    excluded = {exclusion.worker_id: exclusion for exclusion in Exclusion.objects.in_force().filter(study=study)}
    return [
        Row(worker, states[worker.pk], measures[worker.pk], flags[worker.pk], excluded.get(worker.pk))
        for worker in Worker.objects.filter(pk__in=Session.objects.of(study, rehearsal=rehearsal).values("worker"))
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
