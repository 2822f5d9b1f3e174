import pytest
from pytest_django import Settings

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting
from studies.models import Study
from tests.studies.channels.mturk.postings import draft


@pytest.fixture
def emulator(mturk_emulator: Emulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """An emulator that the site talks to, without any AWS keys."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    settings.MTURK_ENDPOINT_URL = mturk_emulator.url
    return mturk_emulator


@pytest.fixture
def posting(study: Study, emulator: Emulator) -> Posting:  # noqa: ARG001 (which the posting is for)
    """A draft for the emulator: one comparison in each HIT, two workers each."""
    return draft(study)
