"""Somebody who is notified: a server that keeps what it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Subscriber:
    """messages: bodies as they came; headers: of each. status: what to answer."""

    address: str = ""
    status: int = 200
    messages: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, str]]:
        """All events of all messages, in the order in which they came."""
        return [event for message in self.messages for event in json.loads(message["Message"])["Events"]]

    @property
    def kinds(self) -> list[str]:
        return [event["EventType"] for event in self.events]


@contextmanager
def listening() -> Iterator[Subscriber]:
    subscriber = Subscriber()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            subscriber.headers.append({name.lower(): value for name, value in self.headers.items()})
            subscriber.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(subscriber.status)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        subscriber.address = f"http://127.0.0.1:{server.server_port}/notifications"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield subscriber
        server.shutdown()
        thread.join()
