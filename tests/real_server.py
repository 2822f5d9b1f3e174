"""The real site with one published study: gunicorn in processes of its own, over a data folder and a database of its own."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests import migrated
from tests.console import Console

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
SECONDS_TO_STOP = 30
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Site:
    """A data folder and a database, with what processes need to find them."""

    port: int
    environment: Mapping[str, str]
    console: Console

    def study_command(self, *arguments: str) -> Any:
        """What a command of tests.real_study comes to inside the site."""
        return self.console.run("tests.real_study", *arguments)

    def leave_open_sessions(self) -> None:
        """Do as if the workers of all open sessions had gone a day ago."""
        self.study_command("leave")

    def facts(self) -> Any:
        """The study's places, trials and votes as the database has them."""
        return self.study_command("facts")


@dataclass(frozen=True)
class RealServer:
    """A site that answers, the path of its study's link, and the process of gunicorn."""

    site: Site
    link: str
    process: "subprocess.Popen[bytes]"


@contextmanager
def real_server(
    folder: Path,
    study: Mapping[str, Any],
    *,
    database: str = "",
    options: Sequence[str] = (),
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[RealServer]:
    """A site in an empty folder, its study published, until the block ends; an error in the block carries the site's log.

    study: what tests.real_study.publish_study takes. database: of PostgreSQL; a file of SQLite if empty. options: of gunicorn,
    over those of gunicorn.conf.py. variables: of the environment, over those that this site has anyway.
    """
    log = folder / "site.log"
    with socket.create_server((HOST, 0), backlog=2048) as listening:
        port = listening.getsockname()[1]
        environment = {**_environment(folder, port, database), **variables}
        site = Site(port, environment, Console(environment))
        if not database:
            migrated.copy_to(folder / "data" / migrated.NAME)
        try:
            link = site.study_command("publish", json.dumps(dict(study)))
            with _gunicorn(site, listening, log, options) as process:
                _await_answer(site)
                yield RealServer(site, link, process)
        except BaseException as error:
            error.add_note(f"The site's log:\n{log.read_text()[-5000:] if log.exists() else 'It did not start.'}")
            raise
        finally:
            site.console.close()


def _environment(folder: Path, port: int, database: str) -> dict[str, str]:
    own = {
        "DJANGO_SETTINGS_MODULE": "evalsite.settings",
        "EVALSITE_DATA": str(folder / "data"),
        "EVALSITE_DATABASE": database,
        "EVALSITE_URL": f"http://{HOST}:{port}",
        "EVALSITE_SESSIONS_PER_HOUR": "1000000",  # everybody comes from one address here
    }
    return {**os.environ, **own}


@contextmanager
def _gunicorn(site: Site, listening: socket.socket, log: Path, options: Sequence[str]) -> "Iterator[subprocess.Popen[bytes]]":
    """Gunicorn on a socket that listens already, so that nobody else can take the port and no client comes too early."""
    bound = f"fd://{listening.fileno()}"
    command = [sys.executable, "-m", "gunicorn", "evalsite.wsgi", "--bind", bound, *options]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stdout=output, stderr=output, pass_fds=[listening.fileno()]
        )
    listening.close()  # a client of a gunicorn that died must be refused, not wait
    try:
        yield process
    finally:
        process.terminate()  # clients have left, so nobody is waited for longer than a kept connection
        process.wait(SECONDS_TO_STOP)


def _await_answer(site: Site) -> None:
    """Any answer will do; it comes once a worker process has started."""
    connection = http.client.HTTPConnection(HOST, site.port, timeout=SECONDS_TO_START)
    connection.request("GET", "/favicon.ico")
    connection.getresponse().read()
    connection.close()


def votes_of(facts: Any) -> dict[str, list[list[str]]]:
    """The votes that the database has: of every trial that has any, by its token, the position chosen for each question."""
    return {trial["token"]: sorted(trial["answers"]) for trial in facts["trials"] if trial["answers"]}
