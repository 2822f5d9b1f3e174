"""Amounts by hand: 20 % fee, 40 % from ten assignments on, 5 % for Masters. A HIT of $0.50 costs $0.60 an assignment."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from studies.channels.mturk.emulator import Emulator, WorkRefused, running
from studies.channels.mturk.emulator.errors import Refused
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.operations import OPERATIONS
from tests.studies.channels.mturk.emulator.requester import (
    DAY,
    HOUR,
    WORK,
    Client,
    client_of,
    external,
    publish,
    refused,
    submitted,
)

MASTERS = [{"QualificationTypeId": "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "Comparator": "Exists"}]


def money(emulator: Emulator) -> tuple[int, int, int]:
    account = emulator.account
    return account.available_cents, account.held_cents, account.spent_cents


@pytest.mark.parametrize(
    ("values", "held"),
    [
        ({"MaxAssignments": 2}, 120),
        ({"MaxAssignments": 9}, 540),
        ({"MaxAssignments": 10}, 700),
        ({"MaxAssignments": 1, "QualificationRequirements": MASTERS}, 63),  # 50 + 10 + 2.5, rounded up
        ({"MaxAssignments": 1, "Reward": "0.01"}, 2),
    ],
)
def test_publishing_holds_rewards_and_fees(
    client: Client, mturk_emulator: Emulator, values: dict[str, object], held: int
) -> None:
    publish(client, **values)
    assert money(mturk_emulator) == (1_000_000 - held, held, 0)


def test_the_balance_is_told_in_dollars(client: Client) -> None:
    publish(client, MaxAssignments=2)
    balance = client.get_account_balance()
    assert (balance["AvailableBalance"], balance["OnHoldBalance"]) == ("9998.80", "1.20")


def test_approval_pays_and_rejection_gives_back(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=3)
    client.approve_assignment(AssignmentId=submitted(mturk_emulator, hit_id, "A1"))
    assert money(mturk_emulator) == (999_820, 120, 60)
    assignment_id = submitted(mturk_emulator, hit_id, "A2")
    client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="Empty.")
    assert money(mturk_emulator) == (999_880, 60, 60)
    client.approve_assignment(AssignmentId=assignment_id, OverrideRejection=True)
    assert money(mturk_emulator) == (999_820, 60, 120)


def test_what_nobody_can_take_any_more_is_given_back(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=3)
    submitted(mturk_emulator, hit_id, "A1")
    mturk_emulator.clock.advance(HOUR)
    assert money(mturk_emulator) == (999_940, 60, 0)  # one waits for a decision
    mturk_emulator.clock.advance(30 * DAY)
    assert money(mturk_emulator) == (999_940, 0, 60)


def test_while_somebody_is_at_work_nothing_is_given_back(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=2, LifetimeInSeconds=60)
    mturk_emulator.worker("A1").accept(hit_id)
    mturk_emulator.clock.advance(61)
    assert money(mturk_emulator)[1] == 120
    mturk_emulator.clock.advance(600)
    assert money(mturk_emulator) == (1_000_000, 0, 0)


def test_more_assignments_hold_more(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=2)
    assert money(mturk_emulator)[1] == 180


def test_a_bonus_costs_its_fee_too(client: Client, mturk_emulator: Emulator) -> None:
    assignment_id = submitted(mturk_emulator, publish(client), "A1")
    client.send_bonus(WorkerId="A1", AssignmentId=assignment_id, BonusAmount="1", Reason="Thank you.")
    assert money(mturk_emulator) == (1_000_000 - 60 - 120, 60, 120)


@contextmanager
def with_cents(cents: int) -> Iterator[tuple[Emulator, Client]]:
    with running(balance_cents=cents) as emulator:
        yield emulator, client_of(emulator)


def test_without_enough_money_nothing_is_published() -> None:
    with with_cents(119) as (emulator, client):
        with refused("InsufficientFunds"):
            publish(client, MaxAssignments=2)
        assert client.list_hits()["HITs"] == []
        publish(client, MaxAssignments=1)
        assert money(emulator) == (59, 60, 0)


def test_without_enough_money_a_hit_stays_as_it_was() -> None:
    with with_cents(130) as (emulator, client):
        hit_id = publish(client, MaxAssignments=2)
        with refused("InsufficientFunds"):
            client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=1)
        assert client.get_hit(HITId=hit_id)["HIT"]["MaxAssignments"] == 2
        assert money(emulator) == (10, 120, 0)


def test_without_enough_money_no_bonus_is_paid() -> None:
    with with_cents(179) as (emulator, client):
        assignment_id = submitted(emulator, publish(client), "A1")
        with refused("InsufficientFunds"):
            client.send_bonus(WorkerId="A1", AssignmentId=assignment_id, BonusAmount="1.00", Reason="Thank you.")
        assert client.list_bonus_payments(AssignmentId=assignment_id)["BonusPayments"] == []


class AnyCourse(RuleBasedStateMachine):
    """Whatever requesters and workers do in whatever order, refused or not."""

    hits, assignments = Bundle("hits"), Bundle("assignments")

    def __init__(self) -> None:
        super().__init__()
        self.emulator = Emulator(balance_cents=2_000)

    def ask(self, operation: str, **request: object) -> dict[str, object]:
        try:
            with turn(self.emulator.market):
                return OPERATIONS[operation](self.emulator.market, request)
        except Refused:
            return {}

    @rule(target=hits, assignments=st.integers(1, 12), reward=st.sampled_from(["0.01", "0.07", "0.50"]))
    def publish(self, assignments: int, reward: str) -> str:
        values = {**WORK, "Reward": reward, "MaxAssignments": assignments, "LifetimeInSeconds": HOUR, "Question": external()}
        made: dict[str, dict[str, str]] = self.ask("CreateHIT", **values)  # type: ignore[assignment]
        return made["HIT"]["HITId"] if made else "3NONE"

    @rule(target=assignments, hit_id=hits, worker=st.sampled_from(["A1", "A2", "A3"]))
    def accept(self, hit_id: str, worker: str) -> tuple[str, str]:
        try:
            return worker, self.emulator.worker(worker).accept(hit_id).id
        except WorkRefused:
            return worker, "3NONE"

    @rule(taken=assignments)
    def submit(self, taken: tuple[str, str]) -> None:
        with suppressed():
            self.emulator.worker(taken[0]).submit(taken[1], {"answer": "1"})

    @rule(taken=consumes(assignments))
    def give_back(self, taken: tuple[str, str]) -> None:
        with suppressed():
            self.emulator.worker(taken[0]).return_hit(taken[1])

    @rule(taken=assignments, override=st.booleans())
    def approve(self, taken: tuple[str, str], override: bool) -> None:
        self.ask("ApproveAssignment", AssignmentId=taken[1], OverrideRejection=override)

    @rule(taken=assignments)
    def reject(self, taken: tuple[str, str]) -> None:
        self.ask("RejectAssignment", AssignmentId=taken[1], RequesterFeedback="Empty.")

    @rule(taken=assignments, amount=st.sampled_from(["0.01", "5"]))
    def pay_a_bonus(self, taken: tuple[str, str], amount: str) -> None:
        self.ask("SendBonus", AssignmentId=taken[1], WorkerId=taken[0], BonusAmount=amount, Reason="Thanks.")

    @rule(hit_id=hits, more=st.integers(1, 10))
    def add(self, hit_id: str, more: int) -> None:
        self.ask("CreateAdditionalAssignmentsForHIT", HITId=hit_id, NumberOfAdditionalAssignments=more)

    @rule(hit_id=hits, seconds=st.sampled_from([-HOUR, HOUR, 3 * HOUR]))
    def move_the_end(self, hit_id: str, seconds: int) -> None:
        self.ask("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=self.emulator.clock.now().timestamp() + seconds)

    @rule(hit_id=hits)
    def delete(self, hit_id: str) -> None:
        self.ask("DeleteHIT", HITId=hit_id)

    @rule(seconds=st.sampled_from([60, HOUR, 31 * DAY]))
    def wait(self, seconds: int) -> None:
        self.emulator.clock.advance(seconds)

    @invariant()
    def no_cent_appears_or_disappears(self) -> None:
        account = self.emulator.account
        assert account.available_cents + account.held_cents + account.spent_cents == 2_000
        assert min(account.available_cents, account.held_cents, account.spent_cents) >= 0

    @invariant()
    def what_is_held_is_held_for_hits(self) -> None:
        with turn(self.emulator.market) as now:
            hits = self.emulator.market.hits.values()
            assert self.emulator.account.held_cents == sum(hit.held_cents for hit in hits)
            assert [hit.held_cents for hit in hits] == [hit.cents_to_hold(now) for hit in hits]
            assert all(hit.open_places >= 0 for hit in hits)


@contextmanager
def suppressed() -> Iterator[None]:
    try:
        yield
    except WorkRefused:
        return


AnyCourse.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnyCourse = AnyCourse.TestCase
