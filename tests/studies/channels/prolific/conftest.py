from collections.abc import Iterator

import pytest
from pytest_django import Settings

from studies.channels.prolific.client import Prolific
from tests.studies.channels.prolific.stand_in import TOKEN, StandIn, running

DRAFT = {
    "name": "Which image fits?",
    "internal_name": "evalsite abc",
    "description": "Look at images.",
    "external_study_url": "https://votes.example.org/s/abc/?PROLIFIC_PID={{%PROLIFIC_PID%}}",
    "prolific_id_option": "url_parameters",
    "completion_codes": [{"code": "DONE1234", "code_type": "COMPLETED", "actions": [{"action": "MANUALLY_REVIEW"}]}],
    "total_available_places": 10,
    "estimated_completion_time": 10,
    "reward": 150,
}


@pytest.fixture
def stand_in(settings: Settings) -> Iterator[StandIn]:
    """Prolific's stand-in, which the settings name."""
    with running() as stand_in:
        settings.PROLIFIC_URL, settings.PROLIFIC_TOKEN = stand_in.url, TOKEN
        yield stand_in


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the client would have waited."""
    return []


@pytest.fixture
def prolific(stand_in: StandIn, pauses: list[float]) -> Prolific:
    """A client that does not wait between attempts."""
    return Prolific(url=stand_in.url, token=TOKEN, timeout=0.3, wait=pauses.append)
