"""How many requests gunicorn answers at once: as it runs on this machine, or as it would from where the site lies."""

import os
import runpy
import shlex
from pathlib import Path

from django.conf import settings
from gunicorn.config import Config

PROCESSES = Path("/proc")
FILE = "gunicorn.conf.py"
APPLICATION = "evalsite.wsgi"
VARIABLE = "GUNICORN_CMD_ARGS"


def served_at_once() -> int:
    """Workers times threads."""
    config = _config([*shlex.split(os.environ.get(VARIABLE, "")), *running_arguments(PROCESSES)])
    return int(config.workers) * int(config.threads)


def _config(arguments: list[str]) -> Config:
    """What gunicorn makes of its file and of arguments, which prevail."""
    config = Config()
    for name, value in runpy.run_path(str(Path(settings.BASE_DIR) / FILE)).items():
        if name in config.settings:
            config.set(name, value)
    given, _unknown = config.parser().parse_known_args(arguments)
    for name, value in vars(given).items():
        if name in config.settings and value is not None:
            config.set(name, value)
    return config


def running_arguments(processes: Path) -> list[str]:
    """The command line of the site's gunicorn, without the program; empty if none runs that this user may see."""
    for process in sorted(processes.glob("[0-9]*")):
        words = _command_line(process)
        if any(Path(word).name == "gunicorn" for word in words[:3]) and any(word.startswith(APPLICATION) for word in words):
            place = next(place for place, word in enumerate(words) if Path(word).name == "gunicorn")
            return words[place + 1 :]
    return []


def _command_line(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text(errors="replace").rstrip("\0").split("\0")
    except OSError:  # it has ended meanwhile, or is another user's
        return []
