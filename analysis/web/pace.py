"""How fast votes come: by hour, by day, in all, and until when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, groupby
from math import ceil

from django.db.models import Count, Min, QuerySet, TextField
from django.db.models.functions import Cast, Substr
from django.utils.safestring import SafeString

from analysis.web.charts import bars, curve
from analysis.web.forecast import Forecast, forecast
from studies.models import Study, Trial

HOUR = timedelta(hours=1)
HOURS_SHOWN = 48
MOST_POINTS = 400
WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class Span:
    """An hour or a day: the trials answered in it, and those answered up to its end."""

    start: datetime
    trials: int
    so_far: int


@dataclass(frozen=True)
class Pace:
    """Trials answered, by hour from the first answer to now; `goal` of them are wanted."""

    hours: Sequence[Span]
    goal: int
    window: timedelta
    forecast: Forecast | None
    now: datetime

    @property
    def window_hours(self) -> int:
        """The hours that the forecast looks back on."""
        return ceil(self.window / HOUR)

    @property
    def recent(self) -> Sequence[Span]:
        """The last two days, by hour."""
        return self.hours[-HOURS_SHOWN:]

    def days(self) -> list[Span]:
        """The same by day, in UTC."""
        days = [list(spans) for _, spans in groupby(self.hours, key=lambda span: span.start.date())]
        return [Span(day[0].start, sum(span.trials for span in day), day[-1].so_far) for day in days]

    def chart(self) -> SafeString:
        recent = self.recent
        total = sum(span.trials for span in recent)
        return bars(
            "Trials answered by hour",
            f"{total} trials in the last {len(recent)} hours.",
            [f"{span.start:%d. %H:%M}" for span in recent],
            [span.trials for span in recent],
        )

    def curve(self) -> SafeString:
        """All hours, or as many of them as a small chart can show, the last one always among them."""
        shown = self.hours[:: -ceil(len(self.hours) / MOST_POINTS)][::-1]
        done = self.hours[-1].so_far
        ends = f"{self.hours[0].start:%d %b %H:%M}", f"{self.now:%d %b %H:%M}"
        return curve("Trials answered so far", f"{done} of {self.goal}.", ends, [span.so_far for span in shown], self.goal)

    @property
    def expected(self) -> datetime | None:
        return self.now + self.forecast.expected if self.forecast else None

    @property
    def soonest(self) -> datetime | None:
        return self.now + self.forecast.soonest if self.forecast else None

    @property
    def latest(self) -> datetime | None:
        return self.now + self.forecast.latest if self.forecast else None


def pace_of(study: Study, now: datetime, *, missing: int, goal: int, rehearsal: bool) -> Pace | None:
    """The pace of a study's votes; None before the first. Three queries."""
    trials = Trial.objects.of(study, rehearsal=rehearsal).counted().order_by()
    first = trials.aggregate(Min("answered_at"))["answered_at__min"]
    if first is None:
        return None
    window = min(WINDOW, now - first)
    recent = trials.filter(answered_at__gte=now - window).values_list("session").annotate(Count("pk"))
    answered = [number for _, number in recent]
    ahead = forecast(answered, window, missing) if study.is_open else None
    return Pace(list(_hours(by_hour(trials), first, now)), goal, window, ahead, now)


def by_hour(trials: QuerySet[Trial]) -> dict[datetime, int]:
    """How many of these trials were answered in each hour that has any.

    The hour is cut out of the moment's text: databases write moments alike as far as that, in UTC, and SQLite's own
    truncation is a call of Python for each row.
    """
    hour = Substr(Cast("answered_at", TextField()), 1, 13)
    rows = trials.annotate(hour=hour).values_list("hour").annotate(Count("pk"))
    return {datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC): number for text, number in rows}


def _hours(answered: dict[datetime, int], first: datetime, now: datetime) -> Iterator[Span]:
    """Every hour from the first answer to now, those without answers too."""
    start = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    starts = [start + HOUR * n for n in range(int((now - start) / HOUR) + 1)]
    numbers = [answered.get(hour, 0) for hour in starts]
    return map(Span, starts, numbers, accumulate(numbers))
