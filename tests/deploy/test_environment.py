"""The environment file as it is shipped."""

import re
import subprocess
import sys
from pathlib import Path

from tests.real_server import ROOT

SHIPPED = (ROOT / "deploy" / "evalsite.env").read_text()
VALUE = re.compile(r"^#?([A-Z0-9_]+)='([^'$\\]*)'$", re.MULTILINE)
PUT_IN = {
    "EVALSITE_SECRET_KEY": "0123456789abcdef" * 4,
    "EVALSITE_METRICS_TOKEN": "fedcba9876543210" * 4,
    "EVALSITE_STORAGE": "s3://images",
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "key",
}


def test_every_variable_is_one_that_the_operator_s_page_explains() -> None:
    page = (ROOT / "docs" / "operator.md").read_text()
    explained = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", page))
    assert {name for name, _ in VALUE.findall(SHIPPED)} <= explained


def test_systemd_and_the_shell_read_every_line_alike() -> None:
    lines = [line for line in SHIPPED.splitlines() if line and not line.startswith(("# ", "#\n")) and line != "#"]
    assert all(VALUE.fullmatch(line) for line in lines)  # no quotes inside, no $, no backslash: nothing that one of them reads


def test_a_site_with_all_of_it_has_nothing_to_be_said_about_its_deployment(tmp_path: Path) -> None:
    values = dict(VALUE.findall(SHIPPED)) | PUT_IN | {"EVALSITE_DATA": str(tmp_path / "data")}
    file = tmp_path / "evalsite.env"
    file.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
    check = f'set -a; . "{file}"; exec "{sys.executable}" manage.py check --deploy --fail-level WARNING'
    environment = {"DJANGO_SETTINGS_MODULE": "evalsite.settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", check], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr
