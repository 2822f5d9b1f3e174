from collections.abc import Callable, Iterable
from contextlib import ExitStack

import pytest
from django.conf import LazySettings

from generation.chat_stand_in import StandIn, running

Answering = Callable[..., StandIn]


@pytest.fixture
def answering(settings: LazySettings) -> "Iterable[Answering]":
    """Starts a stand-in with faults to come, which the settings name until the test ends."""
    with ExitStack() as stack:

        def start(faults: Iterable[str] = ()) -> StandIn:
            stand_in = stack.enter_context(running(key="sk-geheim", faults=faults))
            settings.CHAT_URL, settings.CHAT_KEY = stand_in.url, stand_in.key
            return stand_in

        yield start
