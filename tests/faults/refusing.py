"""A proxy before an S3, which can hold back, refuse, or break off what is sent to it."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.faults.services import HOST, Service
from tests.studies.channels.mturk.questions.servers import serving

REFUSALS = {403: "AccessDenied", 503: "SlowDown"}
SENT_ON = ("content-type", "content-length", "etag", "last-modified")


@dataclass
class Mood:
    """How the proxy takes the next writes: `refuses` with this status, or holds them back while `open` is clear."""

    refuses: int = 0
    open: threading.Event = field(default_factory=threading.Event)
    held_back: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.open.set()


@contextmanager
def refusing(s3: Service) -> Iterator[tuple[str, Mood]]:
    """The proxy's address, and its mood, until the block ends."""
    behind, mood = urlsplit(s3.address), Mood()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send_on(b"")

        do_HEAD = do_DELETE = do_GET  # noqa: N815 (as http.server calls them)

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not mood.open.is_set():
                mood.held_back += 1
                mood.open.wait()
                self.close_connection = True  # who sent it has gone meanwhile
            elif mood.refuses:
                mood.refused += 1
                said = f"<Error><Code>{REFUSALS[mood.refuses]}</Code><Message>Not now.</Message></Error>".encode()
                self._answer(mood.refuses, {"content-type": "application/xml", "content-length": str(len(said))}, said)
            else:
                self._send_on(body)

        do_POST = do_PUT  # noqa: N815

        def _send_on(self, body: bytes) -> None:
            connection = http.client.HTTPConnection(behind.hostname or HOST, behind.port or 80)
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            content = answer.read()
            kept = {name: headers[name] for name in SENT_ON if name in headers}
            self._answer(answer.status, {"content-length": str(len(content)), **kept}, content)
            connection.close()

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with serving(Handler) as address:
        try:
            yield address, mood
        finally:
            mood.open.set()
