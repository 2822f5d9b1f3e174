"""A worker's browser without the browser: takes part in a study as the pages let it, and remembers what it was told."""

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import perf_counter

from tests.forms_of_pages import Form, forms, images
from tests.http_connection import Connection, Response, Secure

MOST_REDIRECTS = 5
OK, GONE = 200, 410

Watch = Callable[[str, float], None]


class NoPlaceLeft(Exception):
    """The site has nothing to vote on for this visitor."""


class UnexpectedPage(Exception):
    """The site answered with something that a worker cannot go on from."""


@dataclass(frozen=True)
class TrialPage:
    """A trial as the browser got it."""

    path: str
    images: list[str]
    form: Form


def unwatched(_what: str, _seconds: float) -> None:
    """Nobody wants to know how long it took."""


class Visitor:
    """One worker, with the trial on the screen (`page`) and the choices of every trial whose answer the site acknowledged,
    by the trial's address (`answers`).

    `watch` is told of every page, image and answer how many seconds it took.
    """

    def __init__(
        self, host: str, port: int, draw: random.Random, watch: Watch = unwatched, secure: Secure | None = None
    ) -> None:
        self.draw, self.watch = draw, watch
        self.cookies: dict[str, str] = {}
        self.connection = Connection(host, port, self.cookies, secure)
        self.page: TrialPage | None = None
        self.answers: dict[str, dict[str, str]] = {}

    async def enter(self, link: str) -> str:
        """Agree to everything; the address of the first page after that. Raises NoPlaceLeft."""
        welcome = _expected(link, await self._timed("entrance", self.connection.get(link)))
        entrance = next(form for form in forms(welcome.body.decode()) if form.boxes)
        response = await self._timed("entering", self.connection.post(link, entrance.filled({})))
        if response.status == GONE:
            raise NoPlaceLeft(link)
        return _address_after(link, response)

    async def look(self, path: str) -> TrialPage | None:
        """Open a page with its images, following redirects; None if it is no trial: the session has ended."""
        for _ in range(MOST_REDIRECTS):
            response = await self._timed("page", self.connection.get(path))
            if not response.is_redirect:
                break
            path = response.headers["location"]
        self.page = _trial_on(path, response)
        for image in self.page.images if self.page else []:
            _expected(image, await self._timed("image", self.connection.get(image)))
        return self.page

    def choose(self, page: TrialPage) -> dict[str, str]:
        """An answer to every question, at random."""
        return {name: self.draw.choice(values) for name, values in page.form.questions.items()}

    async def answer(self, page: TrialPage, choices: dict[str, str]) -> str | None:
        """Send the choices; the address that comes next. None if the site says that they came too late."""
        return await self.answer_over(self.connection, page, choices)

    async def answer_over(self, connection: Connection, page: TrialPage, choices: dict[str, str]) -> str | None:
        """The same over another connection, as a second tab does it."""
        response = await self._timed("answer", connection.post(page.path, page.form.filled(choices)))
        if response.status == GONE:
            return None
        following = _address_after(page.path, response)
        self.answers[page.path] = choices
        return following

    async def vote(self, link: str) -> None:
        """Take part from the first page to the last. Raises NoPlaceLeft if there is nothing to do."""
        path: str | None = await self.enter(link)
        while path and (page := await self.look(path)):
            path = await self.answer(page, self.choose(page))

    async def _timed(self, what: str, request: Awaitable[Response]) -> Response:
        start = perf_counter()
        response = await request
        self.watch(what, perf_counter() - start)
        return response


def acknowledged(visitors: Iterable[Visitor]) -> dict[str, list[list[str]]]:
    """The answers that the site took: by the trial's token, the position chosen for each question."""
    return {
        path.strip("/").split("/")[-1]: sorted(map(list, choices.items()))
        for visitor in visitors
        for path, choices in visitor.answers.items()
    }


def _trial_on(path: str, response: Response) -> TrialPage | None:
    """The trial that a page shows; None if it shows none."""
    if response.status == GONE:
        return None
    text = _expected(path, response).body.decode()
    form = next((form for form in forms(text) if form.questions), None)
    return TrialPage(path, images(text), form) if form else None


def _expected(path: str, response: Response) -> Response:
    if response.status != OK:
        raise UnexpectedPage(f"{path} answered {response.status}: {response.body[:2000].decode(errors='replace')}")
    return response


def _address_after(path: str, response: Response) -> str:
    if not response.is_redirect:
        raise UnexpectedPage(f"{path} answered {response.status}: {response.body[:2000].decode(errors='replace')}")
    return response.headers["location"]
