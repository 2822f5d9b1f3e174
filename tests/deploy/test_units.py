"""The systemd units: systemd finds no fault with them, and their commands start what they say."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.deploy.units import SHIPPED, UNITS, analyze, command_of, lay_root
from tests.real_server import ROOT

MOST_EXPOSED = 3.5  # of 10, by systemd's own measure of what a service that was broken into could do; 5 is “medium”
SECONDS_TO_START, SECONDS_TO_STOP = 120, 60


def test_systemd_finds_no_fault_with_any_unit(tmp_path: Path) -> None:
    lay_root(tmp_path)
    done = analyze(tmp_path, "verify", "--man=no", *UNITS)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("evalsite-.service.d/all.conf", "ProtectHome=", "ProtectHoem="),
        ("evalsite-beat.service", "bin/celery", "bin/celeri"),
        ("evalsite-web.service", "Requires=evalsite-web.socket", "Requires=evalsite-www.socket"),
        ("evalsite-gpu@.service", "TimeoutStopSec=15min", "TimeoutStopSec=long"),
        ("evalsite-backup.timer", "OnCalendar=03:30", "OnCalendar=33:30"),
    ],
)
def test_systemd_finds_a_fault_where_there_is_one(tmp_path: Path, file: str, right: str, wrong: str) -> None:
    units = lay_root(tmp_path)
    text = (units / file).read_text()
    assert right in text
    (units / file).write_text(text.replace(right, wrong))
    assert analyze(tmp_path, "verify", "--man=no", *UNITS).stdout


def test_a_service_that_is_broken_into_can_do_little(tmp_path: Path) -> None:
    lay_root(tmp_path)
    services = [unit for unit in UNITS if unit.endswith(".service")]
    done = analyze(tmp_path, "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", "--no-pager", *services)
    assert done.returncode == 0, done.stdout


def test_every_unit_is_one_that_is_looked_at() -> None:
    looked_at = {unit.replace("@" + unit.partition("@")[2].partition(".")[0], "@") for unit in UNITS}
    assert {path.name for path in SHIPPED.iterdir() if path.is_file()} == looked_at


@contextmanager
def started(command: list[str], log: Path, data: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A service's command over a data folder of its own, as systemd starts it."""
    own = {"DJANGO_SETTINGS_MODULE": "evalsite.settings", "EVALSITE_DATA": str(data), "EVALSITE_LOGS": "text"}
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=output, stderr=output) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def await_word(word: str, log: Path) -> None:
    deadline = monotonic() + SECONDS_TO_START
    while word not in log.read_text():
        assert monotonic() < deadline, log.read_text()
        sleep(0.1)


def test_workers_start_under_names_of_their_own_and_end_when_they_are_told(tmp_path: Path) -> None:
    host, programs = os.uname().nodename, Path(sys.executable).parent
    logs = {"default": tmp_path / "default.log", "gpu3": tmp_path / "gpu3.log"}
    commands = {
        "default": command_of("evalsite-worker@.service", "default", programs),
        "gpu3": command_of("evalsite-gpu@.service", "3", programs),
    }
    with ExitStack() as stack:
        run = [stack.enter_context(started(commands[name], logs[name], tmp_path / "data")) for name in logs]
        for name, log in logs.items():
            await_word(f"{name}@{host} ready", log)
        for process in run:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(SECONDS_TO_STOP) for process in run] == [0, 0]
    assert [queues_of(log.read_text()) for log in logs.values()] == [["default"], ["gpu"]]


def queues_of(log: str) -> list[str]:
    """The queues that a worker says it takes messages from."""
    return [line.split()[1] for line in log.splitlines() if "exchange=" in line]
