"""Who holds work now, as the rows say it: a worker with a solo pool answers nothing meanwhile, but renews its lease."""

from collections import defaultdict
from datetime import datetime

from analysis.web.models import Measurement, StudyResults
from evalsite.broker import DEFAULT, METRICS
from generation.models import Batch


def holders(now: datetime) -> dict[str, set[str]]:
    """The machine and process of everybody whose lease has not run out, by the queue that the work came from."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for queue, holder in Batch.objects.held(now).values_list("queue", "holder"):
        found[queue].add(_process(holder))
    for queue, rows in ((METRICS, Measurement.objects), (DEFAULT, StudyResults.objects)):
        held = rows.under_way().filter(lease_until__gt=now)
        found[queue].update(map(_process, held.values_list("holder", flat=True)))
    return dict(found)


def _process(holder: str) -> str:
    """A holder is a machine, a process and what makes it unique."""
    return holder.rpartition(":")[0] or holder
