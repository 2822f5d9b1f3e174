"""The systemd units as they are shipped, laid where systemd looks for them, in a folder that stands for a machine's root."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.real_server import ROOT

SHIPPED = ROOT / "deploy" / "systemd"
SERVICES = ["web", "worker@default", "worker@caption", "worker@metrics", "gpu@0", "gpu@7", "beat", "backup"]
UNITS = ["evalsite.target", "evalsite-web.socket", "evalsite-backup.timer"] + [f"evalsite-{name}.service" for name in SERVICES]
PROGRAMS = ["gunicorn", "celery", "python"]


def lay_root(root: Path) -> Path:
    """A machine with systemd's own units, ours, and programs where ours look for them; the folder of ours."""
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    programs = root / "opt/evalsite/.venv/bin"
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        (programs / name).touch(mode=0o755)
    return Path(shutil.copytree(SHIPPED, root / "etc/systemd/system"))


def analyze(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run systemd-analyze over that machine; what it says is in stdout."""
    command = ["systemd-analyze", *arguments[:1], f"--root={root}", *arguments[1:]]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def command_of(unit: str, instance: str, programs: Path) -> list[str]:
    """A service's command as systemd would run it, with programs from another folder."""
    text = (SHIPPED / unit).read_text()
    variables = dict(re.findall(r"([A-Z_]+)=(\S+)", " ".join(re.findall(r"^Environment=(.*)$", text, re.MULTILINE))))
    found = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert found
    line = re.sub(r"\$\{(\w+)\}", lambda name: variables[name[1]], found[1])
    line = line.replace("%%", "\0").replace("%i", instance).replace("\0", "%")
    return line.replace("/opt/evalsite/.venv/bin", str(programs)).split()
