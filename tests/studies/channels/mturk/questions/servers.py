"""Real servers on this machine: S3 as moto speaks it, and a host of one answer."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"


@contextmanager
def s3() -> Iterator[str]:
    """The address of an S3 in a process of its own, until the block ends."""
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        address = next(filter(None, (re.search(r"Running on (http://\S+)", line) for line in process.stderr)))[1]
        # It says a line of each request, and would wait for ever once nobody reads them.
        listening = threading.Thread(target=process.stderr.read)
        listening.start()
        try:
            yield address
        finally:
            process.terminate()
            listening.join()


@contextmanager
def answering(status: int, headers: Mapping[str, str]) -> Iterator[str]:
    """The address of a server that answers every GET and PUT alike, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with serving(Handler) as address:
        yield address


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server whose requests this handler answers, in threads of this process, until the block ends."""
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
