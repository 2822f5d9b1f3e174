"""An emulator for each test that asks for one.

pytest_plugins = ["studies.channels.mturk.emulator.pytest_plugin"]
"""

from collections.abc import Iterator

import pytest

from studies.channels.mturk.emulator import Emulator, running


@pytest.fixture
def mturk_emulator() -> Iterator[Emulator]:
    with running() as emulator:
        yield emulator
