"""How many trials a second the site serves, and how fast its pages come at half of that.

    python -m benchmarks.voting                                  # SQLite and PostgreSQL, 8 and 100 workers: some minutes
    python -m benchmarks.voting --seconds 5 --database sqlite
    python -m benchmarks.voting --seconds 300 --database postgresql --workers 100    # ten minutes of votes

A trial is one page, two images and one POST with two votes; workers who have done their 20 trials are followed by new ones.
First nobody thinks (saturated), then trials become due at random moments, half as many a second, whether a worker is free or
not (open loop); a page's time counts from when its trial was due. The site is gunicorn as gunicorn.conf.py sets it up; it, its
database and the load, a process of its own, share this machine's processors. At the end every answer that the site
acknowledged must be in the database exactly once, and no other.
"""

import argparse
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processor import busy_seconds, family, named, seconds_of
from benchmarks.voting_load import Load, Outcome
from tests.postgresql import new_database
from tests.real_server import HOST, RealServer, real_server, votes_of

CROWDS = (8, 100)
WARM_UP_SECONDS = 3.0
STUDY = {"prompts": 60, "size": 512, "trials_per_session": 20}
VOTES_A_SECOND = 4  # on each prompt, of all loads together: more than any machine has served
HEAD = ("database", "workers", "saturated", "open loop", "page p50", "page p95", "POST p50", "POST p95", "image p95")
USERS = ("gunicorn", "PostgreSQL", "load", "others")


@dataclass(frozen=True)
class Measured:
    """What one load came to: its outcome, the trials a second, and who used how many processor seconds meanwhile."""

    outcome: Outcome
    rate: float
    processor: dict[str, float]


def main() -> None:
    options = _parser().parse_args()
    print(f"{os.cpu_count()} processors; images of {STUDY['size']} × {STUDY['size']} pixels; {options.seconds:g} s a load.")
    print("Trials a second; milliseconds in the open loop; processor milliseconds a trial when saturated, by who used them.\n")
    _print_row([*HEAD, *USERS])
    _print_row(["---"] * len(HEAD + USERS))
    for database in options.database or ["sqlite", "postgresql"]:
        with _site(database, votes_wanted=max(400, int(VOTES_A_SECOND * options.seconds))) as server:
            answers: dict[str, list[list[str]]] = {}
            for workers in options.workers:
                saturated = _run(server, workers, options.seconds, rate=0.0)
                calm = _run(server, workers, options.seconds, rate=saturated.rate / 2)
                _print_row([database, workers, *_cells(saturated, calm)])
                answers |= saturated.outcome.answers | calm.outcome.answers
            if votes_of(server.site.facts()) != answers:
                raise SystemExit(f"{database}: what is in the database is not what the site acknowledged.")
    print("\nEvery answer that the site acknowledged is in the database exactly once.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each of the loads is measured")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="default: one after the other")
    parser.add_argument("--workers", type=int, nargs="+", default=CROWDS)
    return parser


@contextmanager
def _site(database: str, votes_wanted: int) -> Iterator[RealServer]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        address = stack.enter_context(new_database()) if database == "postgresql" else ""
        yield stack.enter_context(real_server(Path(folder), STUDY | {"votes_wanted": votes_wanted}, database=address))


def _run(server: RealServer, workers: int, seconds: float, rate: float) -> Measured:
    """Put a load on the site. Raises CalledProcessError if it fails, having said why on standard error."""
    load = Load(HOST, server.site.port, server.link, workers, seconds, WARM_UP_SECONDS, rate, seed=workers)
    before = _processor(server)
    command = [sys.executable, "-m", "benchmarks.voting_load"]
    done = subprocess.run(command, input=json.dumps(dataclasses.asdict(load)), stdout=subprocess.PIPE, text=True, check=True)
    used = {who: seconds - before[who] for who, seconds in _processor(server).items()}
    outcome = Outcome(**json.loads(done.stdout))
    used["load"] = outcome.processor_seconds
    used["others"] = used.pop("all") - sum(used.values())
    return Measured(outcome, len(outcome.took["answer"]) / seconds, used)


def _processor(server: RealServer) -> dict[str, float]:
    """Processor seconds so far."""
    own = seconds_of(family(server.process.pid))
    return {"all": busy_seconds(), "gunicorn": own, "PostgreSQL": seconds_of(named("postgres"))}


def _cells(saturated: Measured, calm: Measured) -> Iterator[str]:
    yield f"{saturated.rate:.0f}"
    yield f"{calm.rate:.0f}"
    for what, percent in (("page", 50), ("page", 95), ("answer", 50), ("answer", 95), ("image", 95)):
        yield f"{1000 * statistics.quantiles(calm.outcome.took[what], n=100)[percent - 1]:.0f}"
    for who in USERS:
        yield f"{1000 * saturated.processor[who] / len(saturated.outcome.answers):.1f}"


def _print_row(cells: Iterable[object]) -> None:
    print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
