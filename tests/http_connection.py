"""One HTTP/1.1 connection with cookies, as cheap as Python makes it: a hundred of them load a server from one process."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
LONGEST_HEAD = 2**16
NOTHING_ELSE: Mapping[str, str] = {}


class SiteDoesNotAnswer(Exception):
    """No answer came, or half of one."""


@dataclass(frozen=True)
class Response:
    """An answer; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_redirect(self) -> bool:
        return self.status in (302, 303)


@dataclass(frozen=True)
class Secure:
    """A site that is spoken to over https under a name of its own, and the local address that one comes to it from."""

    name: str
    trusted: ssl.SSLContext
    come_from: str = "127.0.0.1"

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to whoever answers for the site there."""
        return await asyncio.open_connection(
            host,
            port,
            limit=LONGEST_HEAD,
            ssl=self.trusted,
            server_hostname=self.name,
            local_addr=(self.come_from, 0),
        )


class Connection:
    """Requests one after the other to one host; connects at the first and again whenever the server hung up meanwhile."""

    def __init__(self, host: str, port: int, cookies: dict[str, str], secure: Secure | None = None) -> None:
        self.host, self.port, self.cookies, self.secure = host, port, cookies, secure
        self.site = secure.name if secure else f"{host}:{port}"
        self.origin = f"https://{self.site}" if secure else f"http://{self.site}"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hang_up()

    async def hang_up(self) -> None:
        """Close, and wait until that is done, as TLS takes a moment."""
        streams = self._streams
        self.close()
        if streams:
            with suppress(OSError):  # who was hung up on before
                await streams[1].wait_closed()

    def close(self) -> None:
        """Hang up without waiting."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def get(self, path: str, headers: Mapping[str, str] = NOTHING_ELSE) -> Response:
        """Ask for a page or an image. Raises SiteDoesNotAnswer."""
        return await self._request("GET", path, b"", headers)

    async def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = NOTHING_ELSE) -> Response:
        """Send a form. Raises SiteDoesNotAnswer."""
        return await self._request("POST", path, urlencode(fields).encode(), headers)

    def message(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = NOTHING_ELSE) -> bytes:
        """A request as it is sent."""
        return self._head(method, path, len(body), headers) + body

    async def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        message = self.message(method, path, body, headers)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._exchange(message)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.close()
            raise SiteDoesNotAnswer(f"{method} {path}: {error!r}") from error

    async def _exchange(self, message: bytes) -> Response:
        if self._streams:
            try:
                return await self._answer_to(message, *self._streams)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                if getattr(error, "partial", b""):
                    raise
                self.close()  # an idle connection that the server closed: browsers ask again on a new one
        self._streams = await self._connected()
        return await self._answer_to(message, *self._streams)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.secure:
            return await self.secure.connect(self.host, self.port)
        return await asyncio.open_connection(self.host, self.port, limit=LONGEST_HEAD)

    async def _answer_to(self, message: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Response:
        writer.write(message)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head[:-4].split("\r\n")
        headers = {}
        for name, _, value in (line.partition(": ") for line in lines):
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                self._keep_cookie(value)
        body = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.close()
        return Response(int(status.split(" ", 2)[1]), headers, body)

    def _keep_cookie(self, line: str) -> None:
        name, _, value = line.partition(";")[0].partition("=")
        self.cookies[name] = value

    def _head(self, method: str, path: str, length: int, headers: Mapping[str, str]) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.site}", *(f"{name}: {headers[name]}" for name in headers)]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines.append(
                f"Origin: {self.origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}"
            )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
