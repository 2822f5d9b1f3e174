"""A stand-in for Prolific's API on a real socket: the documented paths, fields and refusals, and faults on request.

docs.prolific.com, API reference. It keeps what it was told, charges a third as its fee and a fifth of that as VAT, and pays
set-up bonuses as often as it is told to, as the documentation warns.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.studies.channels.prolific.answering import Refusal, answer
from tests.studies.channels.prolific.state import State

HOST, BASE = "127.0.0.1", "/api/v1"
TOKEN = "token-of-the-tests"
LIMITED = "429"  # not taken
BROKEN = "500"  # not taken, which nobody can know
LOST = "lost"  # taken, and the connection is cut before the answer
SLOW = "slow"  # taken, and answered too late
GARBLED = "garbled"  # taken, and answered with a page instead of JSON
SLOW_SECONDS = 0.6


@dataclass
class StandIn:
    """A stand-in that answers: where, what it knows, what it was asked, and which faults are still to come."""

    url: str = ""
    state: State = field(default_factory=State)
    faults: deque[tuple[str, str]] = field(default_factory=deque)  # end of a path, fault
    asked: list[tuple[str, str, Any]] = field(default_factory=list)  # method, path below the base, body
    unlisted: set[str] = field(default_factory=set)  # fields that lists do not tell
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, path: str, *faults: str) -> None:
        """Let the next requests whose path ends so have these faults, in their order."""
        self.faults.extend((path, fault) for fault in faults)

    def times(self, method: str, path: str) -> int:
        """How often that was asked."""
        return sum((asked, at) == (method, path) for asked, at, _body in self.asked)

    def next_fault(self, path: str) -> str:
        for entry in self.faults:
            if path.endswith(entry[0]):
                self.faults.remove(entry)
                return entry[1]
        return ""


@contextmanager
def running() -> Iterator[StandIn]:
    """A stand-in in threads of this process until the block ends; its url says where."""
    stand_in = StandIn()
    with _Server((HOST, 0), stand_in) as server:
        stand_in.url = f"http://{HOST}:{server.server_port}{BASE}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # its threads end with it: none answers after the block

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        super().__init__(address, _Handler)
        self.stand_in = stand_in


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        self._serve(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"))

    def do_PATCH(self) -> None:
        self.do_POST()

    def _serve(self, body: Any) -> None:
        parts = urlsplit(self.path)
        path, stand_in = parts.path.removeprefix(f"{BASE}/"), self.server.stand_in
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with stand_in.lock:
            stand_in.asked.append((self.command, path, body))
            fault = stand_in.next_fault(path)
            if self.headers.get("Authorization") != f"Token {TOKEN}":
                return self._refuse(Refusal(401, "Authentication credentials were not provided."))
            if fault == LIMITED:
                return self._refuse(Refusal(429, "Request was throttled."), {"Retry-After": "3"})
            if fault == BROKEN:
                return self._refuse(Refusal(500, "Something went wrong."))
            try:
                answered = answer(stand_in.state, self.command, path, query, body)
            except Refusal as refusal:
                return self._refuse(refusal)
        if fault == SLOW:
            time.sleep(SLOW_SECONDS)
        if fault == LOST:
            self.close_connection = True
            self.connection.close()
            return None
        if fault == GARBLED:
            return self._send(200, b"<html>Welcome</html>", {"Content-Type": "text/html"})
        return self._send_json(200, self._paged(path, query, answered) if isinstance(answered, list) else answered)

    def _paged(self, path: str, query: dict[str, str], results: list[Any]) -> dict[str, Any]:
        """One page; _links.next is null on the last."""
        size, number = int(query.get("page_size", "20")), int(query.get("page", "1"))
        following = {**query, "page": str(number + 1)}
        href = f"{self.server.stand_in.url}/{path}?{urlencode(following)}" if size * number < len(results) else None
        unlisted = dict.fromkeys(self.server.stand_in.unlisted)
        page = [{**row, **unlisted} for row in results[size * (number - 1) : size * number]]
        return {"results": page, "meta": {"count": len(results)}, "_links": {"next": href and {"href": href, "title": "Next"}}}

    def _refuse(self, refusal: Refusal, headers: dict[str, str] | None = None) -> None:
        words = {"status": refusal.status, "error_code": 140000, "title": "Error", "detail": refusal.detail}
        self._send_json(refusal.status, {"error": words}, headers)

    def _send_json(self, status: int, payload: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(payload).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: tests look at what was asked."""
