"""manage.py doctor as an operator calls it, and docs/doctor.md."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from evalsite.doctor.gunicorn_here import running_arguments, served_at_once
from evalsite.doctor.table import PAGE, as_markdown, faults, page_with
from tests.real_server import ROOT

PASSWORD = "open-sesame"
BESIDE = ["--only", "settings", "database", "broker", "beat", "public-url", "chat"]


def test_everything_wrong_at_once_is_told_in_one_go_without_a_secret_and_with_status_1(tmp_path: Path) -> None:
    wrong = {
        "EVALSITE_DATA": str(tmp_path),
        "EVALSITE_DATABASE": f"postgresql://evalsite:{PASSWORD}@127.0.0.1:1/evalsite",
        "EVALSITE_BROKER": f"amqp://evalsite:{PASSWORD}@127.0.0.1:1/evalsite",
        "EVALSITE_URL": "http://127.0.0.1:1",
        "EVALSITE_CHAT_URL": "http://127.0.0.1:1/v1",
        "EVALSITE_CHAT_KEY": PASSWORD,
        "DJANGO_SETTINGS_MODULE": "evalsite.settings",
    }
    command = [sys.executable, "manage.py", "doctor", "--json", *BESIDE]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **wrong}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert {found["check"]: found["code"] for found in told["findings"] if found["level"] != "ok"} == {
        "database": "database-unreachable",
        "broker": "broker-unreachable",
        "beat": "check-needs-database",
        "public-url": "site-unreachable",
        "chat": "chat-unreachable",
    }
    assert told["counts"] == {"ok": 1, "warning": 1, "wrong": 4}
    assert PASSWORD not in done.stdout + done.stderr


def test_all_well_is_told_in_a_line_each_with_status_0() -> None:
    out = StringIO()
    call_command("doctor", "--only", "broker", "chat", stdout=out)
    assert [line.split()[:2] for line in out.getvalue().splitlines() if line.startswith("ok")] == [
        ["ok", "broker"],
        ["ok", "broker"],
        ["ok", "chat"],
    ]
    assert out.getvalue().endswith("3 ok, 0 warning, 0 wrong\n")


def test_the_page_has_every_fault_that_the_code_has() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with(as_markdown(), page) == page, "call python -m evalsite.doctor.table"


def test_every_fault_has_a_name_of_its_own_and_a_test_that_plants_it() -> None:
    codes = [fault.code for _, fault in faults()]
    assert len(codes) == len(set(codes))
    assert len(codes) == sum(path.read_text().count("= Fault(") for path in (ROOT / "evalsite" / "doctor").rglob("*.py"))
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in codes if f'"{code}"' not in tests] == []


def test_gunicorn_tells_how_many_it_answers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalsite.doctor.gunicorn_here.running_arguments", lambda _: ["evalsite.wsgi", "--workers", "3"])
    assert served_at_once() == 3 * 4  # threads, as gunicorn.conf.py says


def test_the_arguments_of_the_gunicorn_that_runs_are_found(tmp_path: Path) -> None:
    lines = {
        "7": ["/usr/bin/grep", "evalsite.wsgi"],
        "8": ["/srv/.venv/bin/python", "/srv/.venv/bin/gunicorn", "other.wsgi"],
        "9": ["/srv/.venv/bin/python", "/srv/.venv/bin/gunicorn", "evalsite.wsgi", "--threads", "8"],
    }
    for process, words in lines.items():
        (tmp_path / process).mkdir()
        (tmp_path / process / "cmdline").write_text("\0".join(words) + "\0")
    (tmp_path / "10").mkdir()  # of another user: nothing to be read
    assert running_arguments(tmp_path) == ["evalsite.wsgi", "--threads", "8"]
