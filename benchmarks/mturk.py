"""The whole Mechanical Turk channel against the emulator, with faults and kills: does everything agree in the end?

    python -m benchmarks.mturk                                   # 30 comparisons × 10 votes, every fault at 20 %, kills
    python -m benchmarks.mturk --comparisons 4 --votes 3 --faults 0 --kills 0
    python -m benchmarks.mturk --requests                        # 1,000 HITs published and polled, requests counted

A site under gunicorn, the emulator, workers in threads who answer in the frame over HTTP, hand in or give back, and a process
that carries out and polls, which is killed at random moments and started again. In the end the votes that count must be those
of the assignments that were handed in, choice by choice, and the ledger must agree with the emulator's account to the cent.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.mturk_crowd import Crowd
from studies.channels.mturk.emulator import Emulator, running
from studies.channels.mturk.emulator.faults import Faults
from tests.real_server import RealServer, real_server

BALANCE_CENTS = 10_000_000
REJECTED_EVERY = 7
PATIENCE_SECONDS = 1800.0
SLOW_SECONDS = 0.05
KILL_AFTER = (1, 25)  # requests of a process, until it is killed
LOOK_SECONDS = 0.002  # from one look at the requests to the next: the kill comes somewhere in the midst of one


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `disagreements` in sentences."""

    hits: int
    handed_in: int
    given_back: int
    kills: int
    requests: int
    spent_cents: int
    seconds: float
    disagreements: list[str]


def main() -> None:
    options = _parser().parse_args()
    if options.requests:
        print(json.dumps(count_requests(options.hits), indent=1))
        return
    outcome = run(options.comparisons, options.votes, options.faults, options.kills, options.seed)
    print(json.dumps(asdict(outcome), indent=1, ensure_ascii=False))
    if outcome.disagreements:
        raise SystemExit("Ledger, account and votes do not agree.")


def run(comparisons: int, votes: int, faults: float, kills: float, seed: int) -> Outcome:
    """One run. faults: of each kind, from 0 to 1. kills: the share of the tending process's lives that end in a kill."""
    start = time.monotonic()
    with _site(comparisons, votes) as (emulator, server, folder):
        _command(server, "post", json.dumps({"max_assignments": votes, "reward_cents": 5}))
        emulator.faults.__dict__.update(asdict(_faults(faults, seed)))
        tender = Tender(emulator, server, folder, kills, random.Random(seed))
        crowd = Crowd(emulator)
        with tender.at_work():
            _await(lambda: _command(server, "facts")["created"] == comparisons)
            crowd.work(workers=votes + 6, seed=seed)
            _await(lambda: _command(server, "facts")["assignments"] == len(crowd.handed_in))
        _command(server, "review", str(REJECTED_EVERY))
        with tender.at_work():
            _await(lambda: _command(server, "facts")["due"] == 0)
        facts = _command(server, "facts")
        return Outcome(
            hits=len(emulator.market.hits),
            handed_in=len(crowd.handed_in),
            given_back=crowd.given_back,
            kills=tender.kills,
            requests=sum(emulator.requests.values()),
            spent_cents=facts["spent"],
            seconds=round(time.monotonic() - start, 1),
            disagreements=list(_disagreements(facts, emulator, crowd, comparisons, votes)),
        )


def count_requests(hits: int) -> dict[str, Any]:
    """How many requests publishing takes, and a poll after nothing, or a little, happened."""
    with _site(hits, 1) as (emulator, server, _folder):
        _command(server, "post", json.dumps({"max_assignments": 1, "reward_cents": 5}))
        counted: dict[str, Any] = {}
        for name, happens in _happenings(emulator):
            before = Counter(emulator.requests)
            happens()
            start = time.monotonic()
            _command(server, "tend_once")
            counted[name] = {
                "seconds": round(time.monotonic() - start, 1),
                **(emulator.requests - before),
            }
        return counted


def _happenings(emulator: Emulator) -> Iterator[tuple[str, Callable[[], None]]]:
    """What happens before each count."""

    def work(number: int) -> None:
        worker = emulator.worker("A1", masters=True, approval_rate=99, approved_count=5000)
        for offer in worker.hits()[:number]:
            worker.submit(worker.accept(offer.hit_id).id, {"session": "none"})

    yield "publishing, and the first poll", lambda: None
    yield "a poll after nothing happened", lambda: None
    yield "a poll after 10 HITs changed", lambda: work(10)
    yield "the next poll", lambda: None
    yield "a poll after 100 HITs changed", lambda: work(100)


class Tender:
    """A process that carries out and polls, killed at random moments and started again."""

    def __init__(self, emulator: Emulator, server: RealServer, folder: Path, kills: float, draw: random.Random) -> None:
        self.emulator, self.server, self.log, self.share, self.draw = emulator, server, folder / "tend.log", kills, draw
        self.kills = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the block lasts."""
        stop = threading.Event()
        thread = threading.Thread(target=self._live_and_die, args=[stop])
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _live_and_die(self, stop: threading.Event) -> None:
        while not stop.is_set():
            _command(self.server, "release")
            process = _command(self.server, "start_tending", str(self.log))
            mortal = self.draw.random() < self.share
            if mortal:
                self._await_requests(self.draw.randint(*KILL_AFTER), stop)
            else:
                stop.wait()
            self.kills += not stop.is_set()
            os.kill(process, signal.SIGKILL if mortal else signal.SIGTERM)
            _command(self.server, "await_end", str(process))

    def _await_requests(self, number: int, stop: threading.Event) -> None:
        """Until the emulator has had so many more, or the run is over."""
        last = self._requests() + number
        while not stop.wait(LOOK_SECONDS) and self._requests() < last:
            continue

    def _requests(self) -> int:
        return sum(list(self.emulator.requests.values()))  # a copy first: the emulator's threads go on counting


def _disagreements(facts: Any, emulator: Emulator, crowd: Crowd, comparisons: int, votes: int) -> Iterator[str]:
    account = emulator.account
    if (len(emulator.market.hits), facts["created"]) != (comparisons, comparisons):
        yield f"{comparisons} HITs were wanted; there are {len(emulator.market.hits)}, and rows of {facts['created']}."
    if len(crowd.handed_in) != comparisons * votes:
        yield f"{comparisons * votes} assignments were wanted; {len(crowd.handed_in)} were handed in."
    if facts["votes"] != crowd.handed_in:
        yield "The votes that count are not those that were handed in."
    if facts["exported"] != sum(map(len, crowd.handed_in.values())):
        yield f"The votes file has {facts['exported']} votes."
    if (facts["spent"], facts["committed"]) != (account.spent_cents, account.spent_cents + account.held_cents):
        yield f"The ledger says {facts['committed']} and {facts['spent']}; the account is {account}."
    if account.available_cents + account.held_cents + account.spent_cents != BALANCE_CENTS:
        yield f"Money went astray: {account}."
    if facts["refused"] or facts["faults"]:
        yield f"Refused: {facts['refused'][:5]}; without votes: {facts['faults'][:5]}."


def _faults(share: float, seed: int) -> Faults:
    kinds = dict.fromkeys(("throttle", "before", "after", "duplicate", "lose", "reorder", "slow"), share)
    return Faults(**kinds, slow_seconds=SLOW_SECONDS, seed=seed)  # type: ignore[arg-type]


@contextmanager
def _site(comparisons: int, votes: int) -> Iterator[tuple[Emulator, RealServer, Path]]:
    """An emulator, a site that talks to it with a published study, and the site's folder."""
    study = {"prompts": comparisons, "size": 32, "votes_wanted": votes}
    with tempfile.TemporaryDirectory() as folder, running(balance_cents=BALANCE_CENTS) as emulator:
        os.environ["MTURK_ENDPOINT_URL"] = emulator.url
        with real_server(Path(folder), study) as server:
            yield emulator, server, Path(folder)


def _command(server: RealServer, *arguments: str) -> Any:
    return server.site.console.run("tests.mturk_site", *arguments)


def _await(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise SystemExit("It never came to an end.")
        time.sleep(0.5)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comparisons", type=int, default=30)
    parser.add_argument("--votes", type=int, default=10, help="on each comparison")
    parser.add_argument("--faults", type=float, default=0.2, help="how often each fault comes, from 0 to 1")
    parser.add_argument("--kills", type=float, default=1.0, help="the share of the tending process's lives that end in a kill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", action="store_true", help="count requests instead")
    parser.add_argument("--hits", type=int, default=1000, help="for --requests")
    return parser


if __name__ == "__main__":
    main()
