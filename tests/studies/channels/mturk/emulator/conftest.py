"""A running emulator, and boto3 talking to it as to Amazon."""

import pytest

from studies.channels.mturk.emulator import Emulator
from tests.e2e.conftest import browser, open_page
from tests.studies.channels.mturk.emulator.requester import Client, client_of

__all__ = ["browser", "client", "open_page"]


@pytest.fixture
def client(mturk_emulator: Emulator) -> Client:
    return client_of(mturk_emulator)
