import threading

import pytest
from django.db import connection

from studies.channels.prolific import intents
from studies.channels.prolific.errors import OverBudget, UnderWay
from studies.channels.prolific.models import Intent, ProlificStudy
from tests.studies.channels.prolific.rows import NOON, WHO, planned

Kind, State = Intent.Kind, Intent.State


def _wanted(cents: int, kind: Intent.Kind = Kind.PAY_BONUSES, reference: str = "") -> intents.Wanted:
    return intents.Wanted(kind=kind, who=WHO, at=NOON, cents=cents, reference=reference, body={})


@pytest.mark.django_db
def test_the_budget_holds_over_all_calls_but_those_that_did_not_happen() -> None:
    row = planned(budget_cents=1000)
    intents.write(row, _wanted(600, reference="a")).settle(State.FAILED)
    intents.write(row, _wanted(600, reference="a")).settle(State.UNCERTAIN)
    with pytest.raises(OverBudget, match=r"£4\.01, and the budget of £10\.00 has £4\.00 left"):
        intents.write(row, _wanted(401, Kind.PUBLISH))
    intents.write(row, _wanted(400, Kind.PUBLISH))


@pytest.mark.django_db
def test_the_same_bonuses_are_paid_once() -> None:
    row = planned()
    intents.write(row, _wanted(1, reference="bulk")).settle(State.DONE)
    with pytest.raises(UnderWay):
        intents.write(row, _wanted(1, reference="bulk"))


@pytest.mark.django_db
def test_a_call_is_on_disk_before_it_is_made_and_stays_open_if_its_process_dies() -> None:
    row, seen = planned(), []

    def call() -> None:
        seen.append((row.intents.get().state, connection.in_atomic_block))
        raise KeyboardInterrupt

    intent = intents.write(row, _wanted(1))
    with pytest.raises(KeyboardInterrupt):
        intents.carry_out(intent, call, lambda _answer: None)
    intent.refresh_from_db()
    assert [state for state, _ in seen] == [State.PENDING] == [intent.state]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_spend_the_rest_of_the_budget_at_once_one_does() -> None:
    row, outcomes, together = planned(budget_cents=1000), [], threading.Barrier(2)

    def spend(reference: str) -> None:
        together.wait()
        try:
            intents.write(row, _wanted(600, kind=Kind.PAY_BONUSES if reference else Kind.PUBLISH, reference=reference))
            outcomes.append("spent")
        except OverBudget:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=spend, args=[reference]) for reference in ("bulk", "")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "spent"]
    assert ProlificStudy.objects.get().committed_cents() == 600
