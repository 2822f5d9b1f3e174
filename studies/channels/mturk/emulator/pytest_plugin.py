"""An emulator for each test that asks for one.

In the conftest.py of all tests: pytest_plugins = ["studies.channels.mturk.emulator.pytest_plugin"]
"""

from collections.abc import Iterator

import pytest

from studies.channels.mturk.emulator import Emulator, running


@pytest.fixture
def mturk_emulator() -> Iterator[Emulator]:
    """A Mechanical Turk with nothing on it, for one test."""
    with running() as emulator:
        yield emulator
