"""A running emulator, and boto3 talking to it as to Amazon."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from studies.channels.mturk.emulator import Emulator
from tests.e2e.conftest import chromium, launched, open_page
from tests.studies.channels.mturk.emulator.requester import Client, client_of

__all__ = ["client", "open_page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The whole Chromium: without windows it would give frames from elsewhere their cookies back."""
    with launched(chromium()) as running:
        yield running


@pytest.fixture
def client(mturk_emulator: Emulator) -> Client:
    return client_of(mturk_emulator)
