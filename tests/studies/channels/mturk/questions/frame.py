"""What stands for Mechanical Turk around a page: its frame, the host of the images, and what takes the answers."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit
from zlib import crc32

import PIL.Image

HOST, OTHER_SITE = "127.0.0.1", "localhost"  # which a browser takes for two sites
SUBMIT = "/mturk/externalSubmit"
PATIENCE = 30  # seconds
NOT_ACCEPTED = "ASSIGNMENT_ID_NOT_AVAILABLE"


@dataclass
class Frame:
    """Where it answers, the page it shows, what it was sent, and the images that it has not got."""

    port: int
    html: str = ""
    submitted: list[dict[str, str]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    answers: threading.Event = field(default_factory=threading.Event)  # whether it answers at once what it was sent

    @property
    def origin(self) -> str:
        """Of what takes the answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def images(self) -> str:
        """The host of the images, and of the page."""
        return f"http://{OTHER_SITE}:{self.port}"

    def address(self, assignment_id: str, submit_to: str = "") -> str:
        """The page as a worker's frame asks for it."""
        query = {"assignmentId": assignment_id, "hitId": "H1", "workerId": "W1", "turkSubmitTo": submit_to or self.origin}
        return f"{self.images}/page?{urlencode(query)}"

    def around(self, assignment_id: str) -> str:
        """The page of Mechanical Turk with the frame in it."""
        return f"{self.origin}/around?{urlencode({'page': self.address(assignment_id)})}"


@contextmanager
def frame() -> Iterator[Frame]:
    """Such a server, until the block ends."""
    with ThreadingHTTPServer((HOST, 0), _Handler) as server:
        server.frame = Frame(server.server_port)  # type: ignore[attr-defined]
        server.frame.answers.set()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.frame  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    @property
    def frame(self) -> Frame:
        found: Frame = self.server.frame  # type: ignore[attr-defined]
        return found

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/page":
            self._answer("text/html", self.frame.html.encode())
        elif parts.path == "/around":
            (page,) = parse_qs(parts.query)["page"]
            around = f'<!doctype html><iframe title="HIT" src="{page}" width="1200" height="760"></iframe>'
            self._answer("text/html", around.encode())
        elif parts.path in self.frame.missing:
            self.send_error(404)
        else:
            self._answer("image/png", _image(parts.path))

    def do_POST(self) -> None:
        if self.path != SUBMIT:
            self.send_error(404)
            return
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
        self.frame.submitted.append({name: "|".join(values) for name, values in sent.items()})
        self.frame.answers.wait(PATIENCE)
        self._answer("text/html", b"<!doctype html><p>Taken</p>")

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def _image(path: str) -> bytes:
    number = crc32(path.encode())
    file = io.BytesIO()
    PIL.Image.new("RGB", (64, 64), (number & 255, number >> 8 & 255, number >> 16 & 255)).save(file, "PNG")
    return file.getvalue()
