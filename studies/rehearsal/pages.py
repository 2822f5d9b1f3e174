"""The pages of a study as a voter uses them: consent, trials, images, answers."""

import itertools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup, Tag

SECONDS_TO_WAIT = 30
HANDING_IN = "form[action$='/mturk/externalSubmit']"


class SiteDoesNotAnswer(Exception):
    """No answer came; the message says what to do."""


class UnexpectedPage(Exception):
    """The site answered with a page that a voter cannot go on from."""


class NoPlaceLeft(Exception):
    """The site has nothing to vote on for a new voter."""


@dataclass(frozen=True)
class Question:
    """A criterion: the name of its form field, and the positions that can be answered, 0 being no clear winner."""

    name: str
    positions: tuple[int, ...]


@dataclass(frozen=True)
class TrialPage:
    """What one trial shows: the prompt, the PNG images in their order, the questions, and the form's hidden fields.

    asks_for_caption: whether the one image is to be described; the prompt then is what the page asks for.
    """

    address: str
    prompt: str
    images: tuple[bytes, ...]
    questions: tuple[Question, ...]
    hidden: Mapping[str, str]
    asks_for_caption: bool = False


class Visit:
    """One voter's sitting, with cookies of its own."""

    def __init__(self, link: str) -> None:
        self.link = link
        site = urlsplit(link)
        headers = {
            "Origin": f"{site.scheme}://{site.netloc}",  # browsers send it with forms, and CSRF protection wants it
            "Connection": "close",  # Django's own server takes 40 ms for each answer on a connection kept open
        }
        self._client = httpx.Client(
            follow_redirects=True, timeout=SECONDS_TO_WAIT, verify=_tls(), headers=headers, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def start(self) -> TrialPage | None:
        """Agree and open a session; None if there is no trial in it. Raises NoPlaceLeft."""
        welcome = self._page(self._request("GET", self.link))
        boxes = {str(box["name"]): "on" for box in welcome.select("form input[type=checkbox]")}
        response = self._request("POST", self.link, _hidden(welcome, "form") | boxes)
        if response.status_code == httpx.codes.GONE:
            raise NoPlaceLeft
        return self._trial(self._pass_quiz(response))

    def _pass_quiz(self, response: httpx.Response) -> httpx.Response:
        """Try one choice after the other of each question until the quiz lets the voter through; other pages pass by."""
        answers: dict[str, str] = {}
        for attempt in itertools.count():
            page = BeautifulSoup(response.text, "html.parser")
            questions = page.select("body.quiz form fieldset")
            if not questions:
                break
            for question in map(_question, (one for one in questions if attempt == 0 or "missing" in one["class"])):
                answers[question.name] = str(question.positions[attempt % len(question.positions)])
            response = self._request("POST", str(response.url), _hidden(page, "form") | answers)
        return response

    def answer(self, trial: TrialPage, choices: Mapping[str, int]) -> TrialPage | None:
        """Send the position chosen for each question; the next trial, None after the last."""
        return self._trial(self._send(trial, {name: str(position) for name, position in choices.items()}))

    def describe(self, trial: TrialPage, caption: str) -> TrialPage | None:
        """Send what the image shows, nothing meaning that it cannot be described; the next trial, None after the last.

        Where the page refuses the words, the voter has no others.
        """
        response = self._send(trial, {"caption-text": caption}) if caption else None
        if response is None or response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            response = self._send(trial, {"caption-indescribable": "on"})
        return self._trial(response)

    def hand_in(self) -> None:
        """Send the form that a frame of Mechanical Turk ends with. Raises UnexpectedPage where there is none."""
        page = self._page(self._request("GET", self.link))
        if page.select_one(HANDING_IN) is None:
            raise UnexpectedPage(f"{self.link} has nothing to be handed in.")
        self._page(self._request("POST", _action(page, HANDING_IN), _hidden(page, HANDING_IN)))

    def _send(self, trial: TrialPage, fields: Mapping[str, str]) -> httpx.Response:
        return self._request("POST", trial.address, {**trial.hidden, **fields})

    def _trial(self, response: httpx.Response) -> TrialPage | None:
        page = self._page(response)
        prompt = page.find(id="prompt")
        if prompt is None:
            return None
        address = urljoin(str(response.url), _action(page, "form.questions"))
        images = [self._request("GET", urljoin(address, str(image["src"]))) for image in page.select(".images img")]
        return TrialPage(
            address=address,
            prompt=prompt.get_text(strip=True),
            images=tuple(image.raise_for_status().content for image in images),
            questions=tuple(_question(fieldset) for fieldset in page.select("form[data-vote] fieldset")),
            hidden=_hidden(page, "form.questions"),
            asks_for_caption=page.select_one("form[data-caption]") is not None,
        )

    def _page(self, response: httpx.Response) -> BeautifulSoup:
        if response.status_code != httpx.codes.OK:
            raise UnexpectedPage(
                f"{response.url} answered {response.status_code}. Is the study published, and is this its rehearsal link?"
            )
        return BeautifulSoup(response.text, "html.parser")

    def _request(self, method: str, address: str, fields: Mapping[str, str] | None = None) -> httpx.Response:
        try:
            return self._client.request(method, address, data=fields)
        except httpx.TransportError as error:
            raise SiteDoesNotAnswer(
                f"{address} does not answer ({error}). Start the site first, for instance with “gunicorn evalsite.wsgi”."
            ) from error


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _hidden(page: BeautifulSoup, form: str) -> dict[str, str]:
    return {str(field["name"]): str(field["value"]) for field in page.select(f"{form} input[type=hidden]")}


def _action(page: BeautifulSoup, form: str) -> str:
    """Where a form goes; empty for the page's own address."""
    found = page.select_one(form)
    return str(found.get("action", "")) if found else ""


def _question(fieldset: Tag) -> Question:
    radios = fieldset.select("input[type=radio]")
    return Question(str(radios[0]["name"]), tuple(int(str(radio["value"])) for radio in radios))
