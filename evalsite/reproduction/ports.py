"""Where a site of one's own listens. Imports no settings, which hold its address."""

import socket

FIRST_PORT, LAST_PORT = 8000, 8099


class DidNotFinish(RuntimeError):
    """A station failed, did not answer in time, or has nowhere to listen; the sentence says what to do."""


def free_port() -> int:
    """The first port from 8000 on that nobody listens on."""
    for port in range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DidNotFinish(f"All ports from {FIRST_PORT} to {LAST_PORT} are taken; stop what uses them.")
