"""Commands inside a real site, all in one process: to start one for each would take longer than what it does.

python -m tests.console   reads a command a line, such as ["tests.real_study", "facts"], and writes a line for what comes of it
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]


class Console:
    """The process, as the tests have it: started by the first command, and ended by close()."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment, self._lock = environment, threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def run(self, module: str, *arguments: str) -> Any:
        """What a command of a module comes to. Raises CalledProcessError if it fails, after a trace on standard error."""
        with self._lock:
            process = self._started()
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps([module, *arguments]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        if not answer:
            raise subprocess.CalledProcessError(process.wait(), [module, *arguments])
        return json.loads(answer)

    def close(self) -> None:
        if self._process:
            self._process.communicate()

    def _started(self) -> "subprocess.Popen[str]":
        if not self._process:
            command = [sys.executable, "-m", "tests.console"]
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        return self._process


def main() -> None:
    django.setup()
    from django.db import connections

    for line in sys.stdin:
        module, *arguments = json.loads(line)
        answer = import_module(module).run(*arguments)
        connections.close_all()  # as at the end of a process: the next command may find another server, or fork
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
