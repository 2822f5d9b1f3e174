"""Exactly once, whatever is lost on the way: the emulator's count of what happened is the witness."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk import carrying_out
from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.client import client_for
from studies.channels.mturk.confirming import confirm
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.ledger import balance_of, intend
from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.polling import poll
from studies.channels.mturk.quote import quote_for
from studies.channels.mturk.review import approve, bonus, do
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Killed(BaseException):
    """What a process that is killed does not come back from."""


def _confirmed(posting: Posting) -> Posting:
    now = timezone.now()
    total = quote_for(posting, now).total
    confirm(posting, total, total, "ann", now)
    posting.refresh_from_db()
    return posting


def _later(delay: timedelta) -> Callable[[], datetime]:
    return lambda: timezone.now() + delay


def _hits(emulator: Emulator) -> int:
    return len(emulator.market.hits)


@contextmanager
def _killed(monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool) -> Iterator[None]:
    """Kill the process at the first call of that name: before it is made, or after its effect."""
    real: Any = getattr(carrying_out, name)

    def dying(client: Any, operation: str, **request: Any) -> None:
        if operation != Intent.Operation.CREATE_HIT:
            return real(client, operation, **request)  # type: ignore[no-any-return]
        if after:
            real(client, operation, **request)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, name, dying)
        with pytest.raises(Killed):
            yield


def test_every_hit_is_created_once(posting: Posting, emulator: Emulator) -> None:
    _confirmed(posting)
    carry_out(posting)
    carry_out(posting)
    assert _hits(emulator) == 3
    assert emulator.requests["CreateHITWithHITType"] == 3


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("delay", [timedelta(minutes=6), 2 * DAY])
def test_a_process_killed_at_a_call_leaves_nothing_undone_and_nothing_twice(
    posting: Posting, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, after: bool, delay: timedelta
) -> None:
    _confirmed(posting)
    with _killed(monkeypatch, "call", after=after):
        carry_out(posting)
    emulator.clock.advance(delay.total_seconds())
    assert carry_out(posting, _later(delay)) == 3
    assert _hits(emulator) == 3
    assert len(set(posting.hits.values_list("hit_id", flat=True))) == 3
    assert balance_of(posting).committed == emulator.account.held_cents


def test_an_intent_that_another_process_holds_is_left_alone(posting: Posting, emulator: Emulator) -> None:
    _confirmed(posting)
    now = timezone.now()
    for intent in posting.intents.all():
        assert intent.claim(now)
    assert carry_out(posting) == 0
    assert _hits(emulator) == 0


@pytest.mark.parametrize("fault", ["before", "after"])
def test_lost_connections_are_made_good(posting: Posting, emulator: Emulator, fault: str) -> None:
    _confirmed(posting)
    emulator.faults.order(fault, "CreateHITWithHITType")
    assert carry_out(posting) == 5  # two types and three HITs
    assert (_hits(emulator), posting.hits.exclude(hit_id="").count()) == (3, 3)


def test_what_mechanical_turk_refuses_is_noted_and_costs_nothing(posting: Posting, emulator: Emulator) -> None:
    _confirmed(posting)
    emulator.account.hold(emulator.account.available_cents - 12)  # somebody else spent it meanwhile
    held = emulator.account.held_cents
    carry_out(posting)
    refused = posting.intents.filter(state=Intent.State.REFUSED)
    assert [intent.error.split(":")[0] for intent in refused] == ["AWS.MechanicalTurk.InsufficientFunds"] * 2
    assert balance_of(posting).committed == emulator.account.held_cents - held == 12


@pytest.mark.parametrize("delay", [timedelta(), 2 * DAY])
def test_a_bonus_that_was_paid_before_the_crash_is_not_paid_again(
    posting: Posting, emulator: Emulator, client: Client, delay: timedelta
) -> None:
    published(posting, budget_cents=1000)
    hit = posting.hits.first()
    assert hit
    work(emulator, client, "A1", hit.hit_id)
    poll(posting, timezone.now())
    assignment = Assignment.objects.get()
    do(posting, approve([assignment], "", "ann", timezone.now()), "ann", timezone.now())
    intend(posting, [bonus(assignment, 25, "Well done.", "one", "ann", timezone.now())])
    carry_out(posting)
    assert emulator.account.spent_cents == 6 + 25 + 5
    Intent.objects.filter(operation=Intent.Operation.BONUS).update(state=Intent.State.CALLING)  # as the crash left it
    emulator.clock.advance(delay.total_seconds())
    carry_out(posting, _later(delay + timedelta(minutes=6)))
    assert emulator.account.spent_cents == 6 + 25 + 5
    assert Intent.objects.get(operation=Intent.Operation.BONUS).state == Intent.State.DONE


def test_an_approval_that_happened_before_the_crash_is_found(posting: Posting, emulator: Emulator, client: Client) -> None:
    published(posting)
    hit = posting.hits.first()
    assert hit
    assignment_id = work(emulator, client, "A1", hit.hit_id)
    poll(posting, timezone.now())
    do(posting, approve(list(Assignment.objects.all()), "", "ann", timezone.now()), "ann", timezone.now())
    client_for(posting.environment).approve_assignment(AssignmentId=assignment_id)
    carry_out(posting)
    assert Assignment.objects.get().status == Assignment.Status.APPROVED
    assert emulator.account.spent_cents == balance_of(posting).spent == 6
