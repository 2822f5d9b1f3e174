"""The review page: everything in view, every decision shown before it is done."""

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.review import do, reject
from studies.confirmation import never_arrived
from studies.models import Flag, QualityPlan, Session, Trial
from tests.studies.channels.mturk.admin.browsing import address, hidden_of, press, told
from tests.studies.channels.mturk.admin.conftest import HandIn
from tests.studies.channels.mturk.postings import QUALIFIED, answer, path_of

pytestmark = pytest.mark.django_db
Status = Assignment.Status


def review(browser: Client, posting: Posting, status: str = "Submitted") -> str:
    return told(browser.get(address(posting, "review"), {"status": status}))


def decide(browser: Client, posting: Posting, decision: str, **sent: object) -> str:
    """Ask for a decision on what waits; the dry run."""
    return press(browser, posting, "decide", decision=decision, status="Submitted", **sent)


def sure(browser: Client, posting: Posting, shown: str, **typed: str) -> str:
    """Send the dry run's form."""
    return press(browser, posting, "decide", **hidden_of(shown, "cents"), **typed)


def decided(posting: Posting) -> list[str]:
    """What is meant to be done with assignments, or was."""
    kinds = [Intent.Operation.APPROVE, Intent.Operation.REJECT, Intent.Operation.BONUS]
    return list(posting.intents.filter(operation__in=kinds).order_by("pk").values_list("operation", flat=True))


def test_an_assignment_stands_there_with_both_names_of_its_worker(
    researcher: Client, confirmed: Posting, hand_in: HandIn
) -> None:
    assignment = hand_in("A1")
    page = review(researcher, confirmed)
    for shown in (assignment.assignment_id, assignment.worker.pseudonym, "<br>A1</td>", "600 s"):
        assert shown in page
    assert "Waiting for a decision (1)" in page


def test_checks_and_flags_are_shown(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    assignment = hand_in()
    QualityPlan.objects.bulk_create([QualityPlan(study=confirmed.study, attention_share=10)])  # the design is frozen
    Trial.objects.filter(session=assignment.session).update(kind=Trial.Kind.ATTENTION, place=None, expected=1)
    Flag.objects.create(
        study=confirmed.study, worker=assignment.worker, rule="median seconds", value=1, threshold=2, raised_at=timezone.now()
    )
    page = review(researcher, confirmed)
    assert "attention 100 %" in page  # the worker chose the first image throughout
    assert "flagged: median seconds" in page


def test_what_a_worker_says_is_shown(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    Session.objects.filter(assignment=hand_in()).update(comment="The second image was cut off.")
    assert "The second image was cut off." in review(researcher, confirmed)


def test_approving_is_shown_first_and_done_once(
    researcher: Client, confirmed: Posting, hand_in: HandIn, emulator: Emulator
) -> None:
    assignments = [hand_in("A1"), hand_in("A2")]
    shown = decide(researcher, confirmed, "approve", assignment=[one.pk for one in assignments])
    assert "Approve: 2 assignments." in shown
    assert "What it costs is held already." in shown
    assert decided(confirmed) == []
    for _ in range(2):
        sure(researcher, confirmed, shown)
    carry_out(confirmed)
    assert decided(confirmed) == ["ApproveAssignment"] * 2
    assert emulator.account.spent_cents == 12


def test_all_of_a_filter_are_decided_on_together(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    for worker in ("A1", "A2"):
        hand_in(worker)
    sure(researcher, confirmed, decide(researcher, confirmed, "approve", all="on"))
    assert decided(confirmed) == ["ApproveAssignment"] * 2


def test_what_is_decided_already_is_left_out_with_the_reason(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    first, second = hand_in("A1"), hand_in("A2")
    Assignment.objects.filter(pk=first.pk).update(status=Status.APPROVED)
    shown = decide(researcher, confirmed, "approve", assignment=[first.pk, second.pk])
    assert "Approve: 1 assignment; left out: 1." in shown
    assert f"{first} is Approved already" in shown


@pytest.mark.parametrize("word", ["", "yes"])
def test_a_rejection_needs_the_word(researcher: Client, confirmed: Posting, hand_in: HandIn, word: str) -> None:
    shown = decide(researcher, confirmed, "reject", assignment=hand_in().pk, message="All at random.")
    assert "All at random." in shown
    again = sure(researcher, confirmed, shown, word=word)
    assert "Nothing was rejected. Type the word “reject”" in again
    assert decided(confirmed) == []


def test_a_rejection_with_message_and_word_is_done(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    assignment = hand_in()
    shown = decide(researcher, confirmed, "reject", assignment=assignment.pk, message="All at random.")
    sure(researcher, confirmed, shown, word="reject")
    carry_out(confirmed)
    assignment.refresh_from_db()
    assert (assignment.status, assignment.feedback) == (Status.REJECTED, "All at random.")


@pytest.mark.parametrize(
    ("decision", "sent", "sentence"),
    [
        ("reject", {"message": " "}, "Say why: the worker reads it"),
        ("bonus", {"message": "Thanks"}, "“” is no amount"),
        ("bonus", {"message": "Thanks", "amount": "1$"}, "“1$” is no amount"),
        ("bonus", {"amount": "1.00"}, "A bonus is at least one cent, and has a reason"),
        ("override", {}, "is Submitted, not rejected"),
        ("delete", {}, "Choose what to do"),
    ],
)
def test_what_is_missing_is_told(
    researcher: Client, confirmed: Posting, hand_in: HandIn, decision: str, sent: dict[str, str], sentence: str
) -> None:
    assert sentence in decide(researcher, confirmed, decision, assignment=hand_in().pk, **sent)


def test_nothing_ticked_is_nothing_done(researcher: Client, confirmed: Posting) -> None:
    assert "Tick the assignments first." in decide(researcher, confirmed, "approve")


def test_a_bonus_is_paid_once_for_each_form(
    researcher: Client, confirmed: Posting, hand_in: HandIn, emulator: Emulator
) -> None:
    pk = hand_in().pk
    shown = decide(researcher, confirmed, "bonus", assignment=pk, amount="0.50", message="Well done")
    assert "1 assignment, $0.60 with fees" in shown  # 20 % of 50 cents
    for _ in range(2):
        sure(researcher, confirmed, shown)
    carry_out(confirmed)
    assert emulator.account.spent_cents == 60
    sure(researcher, confirmed, decide(researcher, confirmed, "bonus", assignment=pk, amount="0.50", message="Well done"))
    assert decided(confirmed) == ["SendBonus"] * 2


def test_a_bonus_beyond_the_budget_is_refused(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    shown = decide(researcher, confirmed, "bonus", assignment=hand_in().pk, amount="5.00", message="Well done")
    assert "That would cost $6.00, and $3.64 are left" in sure(researcher, confirmed, shown)
    assert decided(confirmed) == []


def test_a_rejection_is_overridden_for_its_price(
    researcher: Client, confirmed: Posting, hand_in: HandIn, emulator: Emulator
) -> None:
    assignment = hand_in()
    do(confirmed, reject([assignment], "Too fast", "ann", timezone.now()), "ann", timezone.now())
    carry_out(confirmed)
    shown = press(researcher, confirmed, "decide", decision="override", status="Rejected", assignment=assignment.pk)
    assert "$0.06 with fees" in shown
    sure(researcher, confirmed, shown)
    carry_out(confirmed)
    assignment.refresh_from_db()
    assert (assignment.status, emulator.account.spent_cents) == (Status.APPROVED, 6)


def test_assignments_of_another_posting_are_not_decided_on(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    assignment = hand_in()
    other = Posting.objects.create(study=confirmed.study, title="Other", description="Other", reward_cents=5)
    assert "Tick the assignments first." in decide(researcher, other, "approve", assignment=assignment.pk)


def test_answers_that_are_not_handed_in_are_shown_apart(
    researcher: Client, confirmed: Posting, emulator: Emulator, client: Client
) -> None:
    accepted = emulator.worker("A1", **QUALIFIED).accept(confirmed.hits.get(number=1).hit_id)
    answer(client, path_of(accepted))
    page = review(researcher, confirmed, "elsewhere")
    assert "Not handed in there (1)" in page
    assert accepted.id in page
    assert accepted.id not in review(researcher, confirmed, "")
    never_arrived(Session.objects.get())
    assert "<td>0</td><td>1</td>" in review(researcher, confirmed, "elsewhere")


def test_what_has_no_votes_stands_there_with_its_fault(researcher: Client, confirmed: Posting, emulator: Emulator) -> None:
    worker = emulator.worker("A1", **QUALIFIED)
    accepted = worker.accept(confirmed.hits.get(number=1).hit_id)
    worker.submit(accepted.id, {"assignmentId": accepted.id, "session": "none"})
    press(researcher, confirmed, "poll")
    page = review(researcher, confirmed, "fault")
    assert "With a fault (1)" in page
    assert "Handed in there, but nothing was answered here." in page
