"""How many requests gunicorn answers at once: as it runs on this machine, or as it would from where the site lies."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

PROCESSES = Path("/proc")
APPLICATION = "evalsite.wsgi"
SECONDS = 20


def served_at_once() -> int:
    """Workers times threads. Raises SubprocessError if gunicorn does not take its configuration."""
    arguments = running_arguments(PROCESSES) or [APPLICATION]
    with tempfile.TemporaryDirectory() as counts:  # the counts of the gunicorn that runs stay as they are
        told = subprocess.run(  # noqa: S603 (gunicorn itself, with the arguments that it runs with)
            [sys.executable, "-m", "gunicorn", "--print-config", *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": counts},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        ).stdout
    return _number(told, "workers") * _number(told, "threads")


def _number(told: str, name: str) -> int:
    found = re.search(rf"^{name}\s+= (\d+)$", told, re.MULTILINE)
    return int(found[1]) if found else 1


def running_arguments(processes: Path) -> list[str]:
    """The command line of the site's gunicorn, without the program; empty if none runs that this user may see."""
    for process in sorted(processes.glob("[0-9]*")):
        words = _command_line(process)
        program = next((place for place, word in enumerate(words[:3]) if Path(word).name == "gunicorn"), None)
        if program is not None and any(word.startswith(APPLICATION) for word in words):
            return words[program + 1 :]
    return []


def _command_line(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text(errors="replace").rstrip("\0").split("\0")
    except OSError:  # it has ended meanwhile, or is another user's
        return []
