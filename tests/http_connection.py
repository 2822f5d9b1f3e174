"""One HTTP/1.1 connection with cookies, as cheap as Python makes it: a hundred of them load a server from one process."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
LONGEST_HEAD = 2**16


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


class Connection:
    """Requests one after the other to one host; connects at the first and again whenever the server hung up meanwhile."""

    def __init__(self, host: str, port: int, cookies: dict[str, str]) -> None:
        self.host, self.port, self.cookies = host, port, cookies
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def get(self, path: str) -> Response:
        """Ask for a page or an image. Raises SiteDoesNotAnswer."""
        return await self._request("GET", path, b"")

    async def post(self, path: str, fields: Mapping[str, str]) -> Response:
        """Send a form. Raises SiteDoesNotAnswer."""
        return await self._request("POST", path, urlencode(fields).encode())

    async def _request(self, method: str, path: str, body: bytes) -> Response:
        message = self._head(method, path, len(body)) + body
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
        self._streams = await asyncio.open_connection(self.host, self.port, limit=LONGEST_HEAD)
        return await self._answer_to(message, *self._streams)

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

    def _head(self, method: str, path: str, length: int) -> bytes:
        site = f"{self.host}:{self.port}"
        lines = [f"{method} {path} HTTP/1.1", f"Host: {site}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines.append(
                f"Origin: http://{site}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}"
            )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
