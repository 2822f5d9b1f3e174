"""The emulator as a whole: its clock, its fixture, its independence, its command."""

import subprocess
import sys
from datetime import timedelta

import httpx
import pytest
from django.core.management import CommandError, call_command

from studies.channels.mturk.emulator import Emulator, running
from studies.channels.mturk.emulator.clock import BackInTime, Clock
from tests.studies.channels.mturk.emulator.requester import client_of, publish

WITHOUT_DJANGO = "import sys, studies.channels.mturk.emulator; sys.exit('django' in sys.modules)"


def test_the_clock_goes_forward_only() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(3600)
    assert timedelta(hours=1) <= clock.now() - before < timedelta(hours=1, minutes=1)
    with pytest.raises(BackInTime):
        clock.advance(-1)


def test_two_emulators_know_nothing_of_each_other() -> None:
    with running() as one, running() as other:
        publish(client_of(one))
        assert client_of(other).list_hits()["HITs"] == []


def test_nothing_answers_after_the_block(mturk_emulator: Emulator) -> None:
    with running() as emulator:
        address = emulator.url
        assert httpx.get(address, trust_env=False).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)
    assert httpx.get(mturk_emulator.url, trust_env=False).status_code == 200


def test_it_needs_no_django() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_DJANGO], check=True)


def test_the_command_says_where_it_is_and_stops_when_told() -> None:
    command = [sys.executable, "-u", "manage.py", "mturk_emulator", "--port", "0", "--balance", "7", "--throttle", "0.5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().split(" is at ")[1].split()[0]
        page = httpx.get(f"{address}/emulator", trust_env=False).text
        process.terminate()
        last = process.stdout.read().splitlines()[-1]
        assert process.wait() == 0
    assert last == "The emulator has stopped; what it knew is gone."
    assert "$7.00" in page
    assert 'name="throttle" min="0" max="1" step="any" value="0.5"' in page


def test_a_port_that_is_taken_is_named(mturk_emulator: Emulator) -> None:
    with pytest.raises(CommandError, match=f"Port {mturk_emulator.port} cannot be used"):
        call_command("mturk_emulator", port=mturk_emulator.port)
