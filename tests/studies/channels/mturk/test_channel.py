import pytest
from django.test import RequestFactory

from studies.channels.base import CHANNELS, NotIdentified, TurnedAway
from studies.channels.mturk.channel import channel
from studies.channels.mturk.environments import NAMES, environment, of_channel
from studies.channels.mturk.visits import Visit
from studies.models import Session, Study

TOKEN_PARAMETER = "visit"


def test_the_token_says_who_comes_and_to_which_assignment() -> None:
    request = RequestFactory().get("/", {TOKEN_PARAMETER: Visit("A1", "3ABC", "a-hit").token})
    assert channel("mturk").channel_id(request) == "A1"
    assert channel("mturk").visit(request) == "3ABC"


@pytest.mark.parametrize("token", ["", "A1", "A1:3ABC:a-hit"])
def test_without_a_token_nobody_is_known(token: str) -> None:
    with pytest.raises(NotIdentified):
        channel("mturk").channel_id(RequestFactory().get("/", {TOKEN_PARAMETER: token, "workerId": "A1"}))


@pytest.mark.usefixtures("emulator")
@pytest.mark.django_db
def test_each_environment_has_a_channel_of_its_own_and_back() -> None:
    channels = {name: environment(name).channel for name in NAMES}
    assert channels == {"emulator": "mturk-emulator", "sandbox": "mturk-sandbox", "production": "mturk"}
    assert {of_channel(name) for name in channels.values()} == set(NAMES)
    assert set(channels.values()) <= set(CHANNELS)
    assert [name for name in NAMES if not environment(name).rehearsal] == ["production"]


def test_a_session_ends_with_handing_in_there() -> None:
    completion = channel("mturk").completion(Session())
    assert "hand your answers in on Mechanical Turk" in completion.sentence
    assert channel("mturk").turned_away(Study(), TurnedAway.FULL, "") is None
