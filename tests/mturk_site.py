"""What tests and benchmarks do for a posting inside the site of a real server (tests/real_server.py), by its console.

post '{"max_assignments": 10}'   posts the study on the emulator, confirmed; the posting's number
start_tending LOG                carries out and polls without end in a process of its own, to be killed; its number
await_end NUMBER                 waits until that process has ended
tend_once                        carries out and polls once
release                          does as if what a killed process held was held an hour ago
review 7                         approves all but every seventh assignment, which is rejected
facts                            what the rows say
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.confirming import confirm
from studies.channels.mturk.errors import MayHaveHappened, NotReachable
from studies.channels.mturk.ledger import balance_of, intend
from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.polling import poll
from studies.channels.mturk.quote import quote_for
from studies.channels.mturk.review import approve, bonus, do, reject
from studies.export import vote_lines
from studies.models import Study, Trial, Vote

PAUSE_SECONDS = 0.05
BONUS_CENTS = 11


def post(fields: str) -> int:
    """The number of a confirmed posting of the only study, with twice its price as its budget."""
    posting = Posting.objects.create(
        study=Study.objects.get(), title="Compare", description="Compare images.", **json.loads(fields)
    )
    total = quote_for(posting, timezone.now()).total
    confirm(posting, 2 * total, total, "ann", timezone.now())
    return posting.pk


def start_tending(log: str) -> int:
    """Tend in a process of its own, which is forked: so it begins at once. Its number."""
    if number := os.fork():
        return number
    try:
        with Path(log).open("ab") as file:
            os.dup2(file.fileno(), sys.stdout.fileno())
            os.dup2(file.fileno(), sys.stderr.fileno())
        _tend()
    except BaseException:
        traceback.print_exc()
    os._exit(1)  # what waits to be written belongs to the process that it was forked from


def await_end(number: str) -> int:
    """The signal that ended the process; 0 if none did."""
    return os.WTERMSIG(os.waitpid(int(number), 0)[1])


def _tend() -> None:
    """Carry out and poll, over and over; what cannot be asked now is asked again."""
    while True:
        try:
            tend_once()
        except (NotReachable, MayHaveHappened) as reason:
            print(reason, file=sys.stderr)
        time.sleep(PAUSE_SECONDS)


def tend_once() -> None:
    """Carry out and poll, once."""
    carry_out(Posting.objects.get())
    poll(Posting.objects.get(), timezone.now())


def release() -> int:
    """Do as if the time of a killed process was over."""
    held = Intent.objects.filter(state=Intent.State.CALLING)
    return held.update(claimed_at=timezone.now() - timedelta(hours=1))


def review(every: str) -> int:
    """Approve and reject, and a bonus for every seventh that is approved; how many assignments."""
    posting, now = Posting.objects.get(), timezone.now()
    assignments = list(Assignment.objects.of(posting).select_related("hit__posting").order_by("assignment_id"))
    rejected, approved = assignments[:: int(every)], [one for i, one in enumerate(assignments) if i % int(every)]
    do(posting, reject(rejected, "Nothing was answered.", "ann", now), "ann", now)
    do(posting, approve(approved, "", "ann", now), "ann", now)
    intend(posting, [bonus(one, BONUS_CENTS, "Thank you.", "first", "ann", now) for one in approved[:: int(every)]])
    return len(assignments)


def facts() -> dict[str, Any]:
    """The posting as its rows have it; `votes` of each assignment as positions, criterion by criterion."""
    posting = Posting.objects.get()
    balance = balance_of(posting)
    counted = Trial.objects.filter(session__rehearsal=True).counted()
    return {
        "hits": posting.hits.count(),
        "created": posting.hits.exclude(hit_id="").values("hit_id").distinct().count(),
        "due": posting.intents.exclude(state__in=[Intent.State.DONE, Intent.State.REFUSED]).count(),
        "refused": list(posting.intents.filter(state=Intent.State.REFUSED).values_list("error", flat=True)),
        "assignments": Assignment.objects.of(posting).count(),
        "faults": list(Assignment.objects.exclude(fault="").values_list("fault", flat=True)),
        "committed": balance.committed,
        "spent": balance.spent,
        "exported": len(list(vote_lines(posting.study, rehearsal=True))) - 1,  # without the names of the columns
        "votes": {trial.session.visit: _positions(trial) for trial in counted.select_related("session")},
    }


def _positions(trial: Trial) -> list[str]:
    votes = Vote.objects.filter(trial=trial).order_by("criterion__position")
    return [str(trial.shown.index(vote.condition_id) + 1) if vote.condition_id else "0" for vote in votes]


def run(command: str, *arguments: str) -> Any:
    """What a command comes to."""
    known: tuple[Callable[..., Any], ...] = (post, start_tending, await_end, tend_once, release, review, facts)
    return next(one for one in known if one.__name__ == command)(*arguments)
