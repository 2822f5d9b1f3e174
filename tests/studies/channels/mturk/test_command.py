"""manage.py mturk: nothing is decided or spent but what is confirmed."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Intent, Posting
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db
# Three comparisons of the study, two workers each, at 5 cents and a fee of one: 20 % of 5 cents, and 5 % that round to none.
TOTAL = 36


def said(*words: object) -> str:
    out = io.StringIO()
    call_command("mturk", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def handed_in(posting: Posting, emulator: Emulator, client: Client) -> Posting:
    """Two assignments of the first HIT, polled; four dollars of budget."""
    published(posting, budget_cents=400)
    for worker in ("A1", "A2"):
        work(emulator, client, worker, posting.hits.get(number=1).hit_id)
    said("poll", posting.pk)
    return posting


def test_a_quote_says_how_to_confirm_it(posting: Posting) -> None:
    told = said("quote", posting.pk)
    assert "3 comparisons × 2 workers in 3 HITs: 12 votes." in told
    assert "for each of 6 assignments: $0.36" in told
    assert f"--confirm {TOTAL}" in told
    assert "closes for good" in told


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_confirm_without_the_cents_is_a_quote(posting: Posting, options: tuple[str, ...]) -> None:
    assert f"--confirm {TOTAL}" in said("confirm", posting.pk, *options)
    assert not Intent.objects.exists()


def test_a_confirmed_posting_is_carried_out_and_listed(posting: Posting, emulator: Emulator) -> None:
    said("confirm", posting.pk, "--budget", "1.00", "--confirm", TOTAL)
    assert "Calls done: 5." in said("carry-out", posting.pk)  # a qualification, a HIT type, three HITs
    assert emulator.account.held_cents == TOTAL
    assert "confirmed, $0.36 of $1.00 committed" in said("list")


def test_another_total_than_quoted_is_refused(posting: Posting) -> None:
    with pytest.raises(CommandError, match=r"costs \$0.36 now, not \$0.35"):
        said("confirm", posting.pk, "--confirm", TOTAL - 1)
    assert not Intent.objects.exists()


def test_approving_is_shown_first(handed_in: Posting) -> None:
    assert "Nothing is done yet. It would be: Approve: 2 assignments" in said("approve", handed_in.pk)
    assert not Intent.objects.filter(operation=Intent.Operation.APPROVE).exists()
    said("approve", handed_in.pk, "--yes")
    carry_out(handed_in)
    assert Assignment.objects.filter(status=Assignment.Status.APPROVED).count() == 2


@pytest.mark.parametrize(
    ("step", "operation", "done"),
    [("expire", Intent.Operation.EXPIRE, 3), ("delete", Intent.Operation.DELETE, 1)],
)
def test_hits_end_and_go_only_with_yes(handed_in: Posting, step: str, operation: str, done: int) -> None:
    said("approve", handed_in.pk, "--yes")
    carry_out(handed_in)
    said(step, handed_in.pk)
    assert Intent.objects.filter(operation=operation).count() == 0
    said(step, handed_in.pk, "--yes")
    assert Intent.objects.filter(operation=operation).count() == done


def test_the_budget_is_raised_with_yes(handed_in: Posting) -> None:
    assert "$4.00 → $5.00" in said("budget", handed_in.pk, "--to", "5.00")
    handed_in.refresh_from_db()
    assert handed_in.budget_cents == 400
    said("budget", handed_in.pk, "--to", "5.00", "--yes")
    handed_in.refresh_from_db()
    assert handed_in.budget_cents == 500


def test_top_ups_are_sent_for_exactly_what_they_cost(handed_in: Posting) -> None:
    ten_minutes_each(handed_in)
    told = said("wages", handed_in.pk, "--target", "3.00")
    assert "median $0.30, 10th percentile $0.30" in told  # 5 cents in ten minutes
    assert "Top up: 2 assignments, $1.08 with fees" in told  # 45 cents each, and a fee of 20 %
    with pytest.raises(CommandError, match="cost 108 cents now, not 107"):
        said("wages", handed_in.pk, "--target", "3.00", "--confirm", 107)
    assert not Intent.objects.filter(operation=Intent.Operation.BONUS).exists()
    said("wages", handed_in.pk, "--target", "3.00", "--confirm", 108)
    assert sorted(Intent.objects.filter(operation=Intent.Operation.BONUS).values_list("cents", flat=True)) == [54, 54]
    assert "nothing to add" in said("wages", handed_in.pk, "--target", "3.00")


def test_refusals_are_sentences(posting: Posting) -> None:
    for words, sentence in {
        ("quote", 4711): "There is no posting 4711",
        ("carry-out", posting.pk): "This is a draft",
        ("approve", posting.pk, "--yes"): "No assignment waits for a decision",
        ("wages", posting.pk): "Nothing was handed in yet",
        ("try-again", posting.pk): "Nothing was refused",
        ("budget", posting.pk, "--to", "0.5$"): "“0.5\\$” is no amount",
    }.items():
        with pytest.raises(CommandError, match=sentence):
            said(*words)


def test_an_emulator_that_nobody_runs_is_named(posting: Posting, settings: Settings) -> None:
    settings.MTURK_ENDPOINT_URL = ""
    with pytest.raises(CommandError, match="Start the emulator"):
        said("poll", posting.pk)


def ten_minutes_each(posting: Posting) -> None:
    """As if every assignment had been accepted ten minutes before it was handed in."""
    Assignment.objects.of(posting).update(accepted_at=F("submitted_at") - timedelta(minutes=10))


def test_notifications_are_asked_for_with_yes(handed_in: Posting) -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:votes"
    said("notify", handed_in.pk, "--topic", topic)
    assert not Intent.objects.filter(operation=Intent.Operation.NOTIFY).exists()
    assert f"Mechanical Turk will tell {topic}" in said("notify", handed_in.pk, "--topic", topic, "--yes")
    assert Intent.objects.filter(operation=Intent.Operation.NOTIFY).count() == 1
