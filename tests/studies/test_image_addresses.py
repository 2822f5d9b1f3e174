from datetime import timedelta

import pytest
from django.core.signing import BadSignature, SignatureExpired
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from studies.image_addresses import STEP, address_of, opened
from studies.models import Session, Study, Trial
from studies.models.study import new_token
from tests.factories_studies import NOON
from tests.studies.visiting import first_trial, image_address

HOUR = timedelta(hours=1)


TOKEN = "abcdefghijklmnop"


def trial(token: str = TOKEN, session_minutes: int = 60) -> Trial:
    return Trial(token=token, session=Session(study=Study(session_minutes=session_minutes), started_at=NOON))


def signed_part(address: str) -> str:
    return address.removeprefix("/i/").removesuffix(".png")


@given(token=st.builds(new_token), position=st.integers(1, 4), later=st.timedeltas(timedelta(), HOUR))
def test_an_address_opens_to_what_it_was_made_for(token: str, position: int, later: timedelta) -> None:
    assert opened(signed_part(address_of(trial(token), position, NOON)), NOON + later) == (token, position)


@given(first=st.builds(new_token), second=st.builds(new_token), positions=st.tuples(st.integers(1, 4), st.integers(1, 4)))
def test_all_addresses_are_equally_long(first: str, second: str, positions: tuple[int, int]) -> None:
    ours, others = address_of(trial(first), positions[0], NOON), address_of(trial(second), positions[1], NOON + 10 * HOUR)
    assert len(ours) == len(others)


def test_an_address_stays_the_same_for_a_while_and_then_changes() -> None:
    soon, late = NOON + timedelta(seconds=STEP - 1), NOON + timedelta(seconds=STEP)
    first, second, third = (address_of(trial(), 1, now) for now in (NOON, soon, late))
    assert first == second != third


@pytest.mark.parametrize("minutes", [5, 60, 600])
def test_an_address_outlives_the_session_and_then_expires(minutes: int) -> None:
    signed, lifetime = signed_part(address_of(trial(session_minutes=minutes), 1, NOON)), timedelta(minutes=minutes)
    opened(signed, NOON + lifetime)
    with pytest.raises(SignatureExpired):
        opened(signed, NOON + lifetime + timedelta(seconds=STEP))


@given(at=st.integers(0), character=st.sampled_from("0Aa1.:-_"))
def test_an_address_that_was_touched_opens_to_nothing(at: int, character: str) -> None:
    signed = signed_part(address_of(trial(), 1, NOON))
    at %= len(signed)
    touched = signed[:at] + character + signed[at + 1 :]
    if touched != signed:
        with pytest.raises(BadSignature):
            opened(touched, NOON)


def test_another_key_makes_other_addresses(settings: Settings) -> None:
    signed = signed_part(address_of(trial(), 1, NOON))
    settings.SECRET_KEY = "another key of the same length or so"
    with pytest.raises(BadSignature):
        opened(signed, NOON)


@pytest.mark.django_db
def test_an_address_is_of_no_use_in_another_browser(study: Study, client: Client) -> None:
    address = image_address(first_trial(client, study))
    assert client.get(address).status_code == 200
    stranger = Client()
    first_trial(stranger, study)
    assert stranger.get(address).status_code == 404
    assert Client().get(address).status_code == 404


@pytest.mark.django_db
def test_an_old_address_leads_nowhere(study: Study, client: Client) -> None:
    shown = first_trial(client, study)
    assert client.get(address_of(shown, 1, timezone.now() - timedelta(hours=3))).status_code == 404
    assert client.get("/i/nonsense.png").status_code == 404
