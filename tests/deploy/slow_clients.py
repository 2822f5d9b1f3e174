"""Clients that send and read byte by byte until they are let go on: plain sockets, or TLS."""

import asyncio
import socket
from dataclasses import dataclass, field

from tests.http_connection import Connection

PAUSE_SECONDS = 0.2  # between two bytes
SMALL_BUFFER = 2048  # bytes that the system takes for who does not read: whoever sends notices soon


@dataclass
class SlowClient:
    """One request over a connection of its own, which goes where `connection` does.

    The first `quick` bytes are sent at once. What follows, and then the answer, goes byte by byte until `go_on` is set; `begun`
    is set once the client has slowed down.
    """

    connection: Connection
    request: bytes
    quick: int
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self) -> bytes:
        """All that is answered until the other side hangs up."""
        reader, writer = await self._connected()
        writer.write(self.request[: self.quick])
        sent = self.quick
        while sent < len(self.request) and not self.go_on.is_set():
            writer.write(self.request[sent : sent + 1])
            sent += 1
            await self._pause()
        writer.write(self.request[sent:])
        answer = b""
        while byte := await reader.read(1):
            answer += byte
            await self._pause()
            if self.go_on.is_set():
                answer += await reader.read(-1)
        writer.close()
        return answer

    async def _pause(self) -> None:
        self.begun.set()
        if not self.go_on.is_set():
            await asyncio.sleep(PAUSE_SECONDS)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        to, secure = self.connection, self.connection.secure
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        plain.setblocking(False)
        if secure:
            plain.bind((secure.come_from, 0))
        await asyncio.get_running_loop().sock_connect(plain, (to.host, to.port))
        trusted, name = (secure.trusted, secure.name) if secure else (None, None)
        return await asyncio.open_connection(sock=plain, limit=SMALL_BUFFER, ssl=trusted, server_hostname=name)


def slow_reader(connection: Connection, path: str) -> SlowClient:
    """Asks at once, and reads the answer byte by byte."""
    request = connection.message("GET", path, headers={"Connection": "close"})
    return SlowClient(connection, request, len(request))


def slow_asker(connection: Connection, path: str) -> SlowClient:
    """Asks for a page byte by byte."""
    return SlowClient(connection, connection.message("GET", path, headers={"Connection": "close"}), 1)


def slow_sender(connection: Connection, path: str, form: bytes) -> SlowClient:
    """Sends a form byte by byte, after its head."""
    request = connection.message("POST", path, form, {"Connection": "close"})
    return SlowClient(connection, request, len(request) - len(form))


def status(answer: bytes) -> int:
    """The status of a whole answer."""
    return int(answer.split(b" ", 2)[1])
