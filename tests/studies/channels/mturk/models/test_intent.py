from datetime import timedelta

import pytest
from django.utils import timezone

from studies.channels.mturk.models import Intent, Posting
from studies.channels.mturk.models.intent import LEASE, TOKEN_LASTS

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def intent(posting: Posting) -> Intent:
    return Intent.objects.create(
        posting=posting, operation=Intent.Operation.CREATE_TYPE, key="type/1", cents=6, by="ann", at=NOW
    )


def test_one_process_gets_an_intent(intent: Intent) -> None:
    other = Intent.objects.get(pk=intent.pk)
    assert (intent.claim(NOW), other.claim(NOW)) == (True, False)
    assert (intent.state, intent.tries) == (Intent.State.CALLING, 1)


def test_what_a_dead_process_left_is_free_after_its_lease(intent: Intent) -> None:
    intent.claim(NOW)
    assert not Intent.objects.get(pk=intent.pk).claim(NOW + LEASE - timedelta(seconds=1))
    assert Intent.objects.get(pk=intent.pk).claim(NOW + LEASE)


@pytest.mark.parametrize("state", [Intent.State.DONE, Intent.State.REFUSED])
def test_what_has_ended_is_claimed_no_more(intent: Intent, state: str) -> None:
    Intent.objects.update(state=state)
    assert not intent.claim(NOW + timedelta(days=1))


def test_a_token_is_one_intents_alone_and_fits_the_api(intent: Intent, posting: Posting) -> None:
    other = Intent(posting=posting, operation=intent.operation, key="type/2")
    assert intent.token != other.token
    assert intent.token == Intent.objects.get(pk=intent.pk).token
    assert 1 <= len(intent.token) <= 64  # UniqueRequestToken
    assert intent.token.isalnum()


def test_the_first_call_is_what_a_token_lasts_from(intent: Intent) -> None:
    intent.note_call(NOW)
    intent.note_call(NOW + timedelta(hours=20))
    assert intent.called_at == NOW
    assert intent.token_lasts(NOW + TOKEN_LASTS - timedelta(seconds=1))
    assert not intent.token_lasts(NOW + TOKEN_LASTS)
    assert timedelta(hours=24) > TOKEN_LASTS


def test_only_what_was_refused_costs_nothing(intent: Intent) -> None:
    assert Intent.objects.all().committed_cents() == 6
    intent.put_back("Nobody knows.")
    assert Intent.objects.all().committed_cents() == 6
    intent.refuse("No money.", NOW)
    assert (Intent.objects.all().committed_cents(), intent.error) == (0, "No money.")


def test_what_was_refused_is_wanted_in_the_same_row(intent: Intent, posting: Posting) -> None:
    intent.note_call(NOW)
    intent.refuse("No money.", NOW)
    again = Intent(posting=posting, operation=intent.operation, key=intent.key, cents=7, by="bob", at=NOW)
    again.want_again(intent)
    (there,) = Intent.objects.all()
    assert (there.pk, there.state, there.called_at, there.by, there.cents, there.error, there.done_at) == (
        intent.pk,
        Intent.State.WANTED,
        NOW,
        "bob",
        7,
        "",
        None,
    )
