"""The real site with nginx before it, as it is shipped."""

import asyncio
import random
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.deploy.front import NAME, Front, front
from tests.http_connection import Connection, Secure
from tests.real_server import HOST, RealServer, real_server
from tests.visitor import Visitor

THREADS = ["--workers", "2", "--threads", "4"]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Served:
    """The site, and nginx before it."""

    site: RealServer
    front: Front
    connections: list[Connection] = field(default_factory=list)

    def through(self, come_from: str = HOST) -> Connection:
        """A stranger's connection over https."""
        return self._kept(Connection(HOST, self.front.https, {}, Secure(NAME, self.front.trusted, come_from)))

    def straight(self, cookies: dict[str, str]) -> Connection:
        """A connection past nginx, which nobody has in earnest."""
        return self._kept(Connection(HOST, self.site.site.port, cookies))

    def visitor(self, number: int, come_from: str = HOST) -> Visitor:
        """A worker over https."""
        secure = Secure(NAME, self.front.trusted, come_from)
        visitor = Visitor(HOST, self.front.https, random.Random(number), secure=secure)
        self._kept(visitor.connection)
        return visitor

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do it, and hang up."""

        async def and_hang_up() -> Result:
            try:
                return await work
            finally:
                await asyncio.gather(*(connection.hang_up() for connection in self.connections))

        return asyncio.run(and_hang_up())

    def _kept(self, connection: Connection) -> Connection:
        self.connections.append(connection)
        return connection


@contextmanager
def serve(folder: Path, study: Mapping[str, Any], variables: Mapping[str, str]) -> Iterator[Served]:
    """The site in an empty folder, its study published, under https until the block ends."""
    behind = {"EVALSITE_URL": f"https://{NAME}", "EVALSITE_TRUSTED_PROXIES": "1", **variables}
    (folder / "nginx").mkdir()
    with ExitStack() as stack:
        site = stack.enter_context(real_server(folder, study, options=THREADS, variables=behind))
        yield Served(site, stack.enter_context(front(folder / "nginx", f"{HOST}:{site.site.port}")))
