"""The emulator as one thing: its parts, its server, and how to run it for a while."""

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from studies.channels.mturk.emulator.account import Account
from studies.channels.mturk.emulator.api import api
from studies.channels.mturk.emulator.clock import Clock
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.faults import Faults
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.outbox import Outbox
from studies.channels.mturk.emulator.records import Worker
from studies.channels.mturk.emulator.site import add_site
from studies.channels.mturk.emulator.worker import WorkerInPython

SITE_HOST, CONTENT_HOST = "localhost", "127.0.0.1"  # two sites to a browser, one port to us
BALANCE_CENTS = 1_000_000
WORKER_ID = re.compile("A[A-Z0-9]{1,63}")


class Emulator:
    """One requester's Mechanical Turk. All times are the clock's, all money is in cents."""

    def __init__(self, *, balance_cents: int = BALANCE_CENTS, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.clock = Clock()
        self.outbox = Outbox(self.faults)
        self.market = Market(Account(balance_cents), self.clock, self.outbox)
        self.requests: Counter[str] = Counter()  # by operation, those that failed too
        self.port = 0
        self.closing = threading.Event()
        self.clock.when_moved.append(self._let_happen)

    @property
    def url(self) -> str:
        """Where both the API and the worker's site are."""
        return f"http://{SITE_HOST}:{self.port}"

    @property
    def content_url(self) -> str:
        """The origin of HTML questions, which is another one."""
        return f"http://{CONTENT_HOST}:{self.port}"

    @property
    def account(self) -> Account:
        return self.market.account

    def count(self, operation: str) -> None:
        """One more request; several may come at once."""
        with self.market.lock:
            self.requests[operation] += 1

    def subscribe(self, topic: str, address: str) -> None:
        """Send what is published to that topic (its ARN) or queue (its address) there, by POST, as SNS would."""
        self.outbox.subscribe(topic, address)

    def worker(self, worker_id: str, **attributes: Any) -> WorkerInPython:
        """A worker of that id, made at first sight. attributes: fields of records.Worker to set, e.g. masters=True.

        Raises WorkRefused for an id that Amazon would not have given.
        """
        if not WORKER_ID.fullmatch(worker_id):
            raise WorkRefused("A worker ID is an A and up to 63 more capital letters and digits, e.g. A1B2C3.")
        with turn(self.market):
            self.market.workers[worker_id] = replace(self.market.workers.get(worker_id, Worker(worker_id)), **attributes)
        return WorkerInPython(self.market, worker_id, self.url, self.content_url)

    def _let_happen(self) -> None:
        with turn(self.market):
            """What is due happens at the start of a turn."""


class _Silent(WSGIRequestHandler):
    """Logs nothing: headers hold signatures, and what was asked is counted elsewhere."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        """Say nothing."""


@contextmanager
def running(port: int = 0, *, balance_cents: int = BALANCE_CENTS, faults: Faults | None = None) -> Iterator[Emulator]:
    """An emulator in threads of this process until the block ends; its url says where. Port 0 is any that is free.

    Raises OSError for a port that is taken.
    """
    emulator = Emulator(balance_cents=balance_cents, faults=faults)
    with socket.create_server((CONTENT_HOST, port)) as listening:
        emulator.port = listening.getsockname()[1]
        server = ThreadedWSGIServer(CONTENT_HOST, emulator.port, _application(emulator), handler=_Silent, fd=listening.fileno())
        with _serving(server, emulator):
            yield emulator


@contextmanager
def _serving(server: ThreadedWSGIServer, emulator: Emulator) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="mturk-emulator")
    emulator.outbox.start()
    thread.start()
    try:
        yield
    finally:
        emulator.closing.set()
        server.shutdown()
        thread.join()
        emulator.outbox.stop()


def _application(emulator: Emulator) -> Flask:
    application = Flask(__name__)
    application.register_blueprint(api(emulator))
    add_site(application, emulator)
    return application
