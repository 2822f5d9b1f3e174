"""Which state a study's votes are in, told without reading them.

The key changes whenever the report could. Whoever answers, takes an answer back or withdraws touches the session; exclusions,
their reversal and persons who are forgotten leave a line in the study's log, from which no line is ever taken. So the key is
made of sessions and of the number of lines, and not of votes, of which there are many times as many. Automatic metrics have new
rows whenever they are measured anew. The key may change where the votes did not: then their digest says so, and nothing is
computed again.
"""

from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.db.models import Count, Max, Sum

import analysis
from analysis.web.models import MetricOfCondition
from studies.models import Session, Study

RESAMPLES, SEED = 10_000, 0

# An answer carries the time at which its request began, and may be written after later ones: so long at most, and much less.
LONGEST_REQUEST = timedelta(minutes=10)


def key_of(study: Study, *, rehearsal: bool) -> str:
    """The key of the results that could be computed now; seven queries, whatever the number of votes."""
    fields = Study.objects.filter(pk=study.pk).values().get()
    sources = list(study.prompt_sets.values_list("pk", "prompt_set__source"))
    of_study = (fields, sources, _subsets(study), _measured(study), study.log.count())
    return sha256(repr((software(), RESAMPLES, SEED, *of_study, *_sessions(study, rehearsal))).encode()).hexdigest()


def _subsets(study: Study) -> list[tuple[str, int, int]]:
    """How many prompts, and which, are in each subset: it may be corrected after publishing, as no worker sees it."""
    subsets = study.prompt_sets.order_by("prompt_set__prompts__subset").values_list("prompt_set__prompts__subset")
    return list(subsets.annotate(Count("prompt_set__prompts"), Sum("prompt_set__prompts")))


def _measured(study: Study) -> dict[str, int | None]:
    """How many automatic metrics there are, and the newest of them."""
    return MetricOfCondition.objects.filter(measurement__study=study).aggregate(number=Count("pk"), newest=Max("pk"))


def _sessions(study: Study, rehearsal: bool) -> tuple[object, ...]:
    """How many sessions are in which state, and when those were touched that were touched last."""
    sessions = Session.objects.of(study, rehearsal=rehearsal)
    states = list(sessions.order_by("state").values_list("state").annotate(Count("pk"), newest=Max("last_seen_at")))
    if not states:
        return ()
    since = max(newest for _, _, newest in states) - LONGEST_REQUEST
    return states, list(sessions.filter(last_seen_at__gte=since).order_by("pk").values_list("pk", "last_seen_at"))


@cache
def software() -> str:
    """A digest of the sources that reports are made by: other software may say something else of the same votes."""
    root = Path(analysis.__file__).parent
    sources = sorted(path for path in root.rglob("*.py") if "web" not in path.relative_to(root).parts)
    told = "\n".join(f"{path.relative_to(root)} {sha256(path.read_bytes()).hexdigest()}" for path in sources)
    return sha256(told.encode()).hexdigest()
