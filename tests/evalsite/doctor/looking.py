"""What tests of checks ask of their findings, and a proxy that does what proxies do wrong."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler

from evalsite.doctor.findings import OK, Finding
from tests.studies.channels.mturk.questions.servers import serving

Change = Callable[[Message], None]


def codes(findings: Iterable[Finding]) -> list[str]:
    """The codes of all that is not well, in order, each once."""
    return list(dict.fromkeys(finding.code for finding in findings if finding.level != OK))


def nothing(_headers: Message) -> None:
    """What a proxy does to headers that passes them on as they are."""


def put(name: str, value: str) -> Change:
    """Puts a header in the place of all of its name."""

    def change(headers: Message) -> None:
        del headers[name]
        headers[name] = value

    return change


def drop(name: str) -> Change:
    def change(headers: Message) -> None:
        del headers[name]

    return change


class _SendOn(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:  # a proxy leaves that to its visitor
        return None


@contextmanager
def proxy(site: str, *, of_request: Change = nothing, of_answer: Change = nothing) -> Iterator[str]:
    """The address of a proxy before a site, which changes headers on the way there and on the way back."""
    opener = urllib.request.build_opener(_SendOn)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            of_request(self.headers)
            try:
                request = urllib.request.Request(f"{site}{self.path}", headers=dict(self.headers.items()))  # noqa: S310
                answer = opener.open(request, timeout=20)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                of_answer(answer.headers)
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.read())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with serving(Handler) as address:
        yield address
