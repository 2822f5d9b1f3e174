"""Prolific's API, as far as it is used here: one method for each call, typed.

docs.prolific.com, API reference. The token is sent in one header and is in nothing else: no message, no log, no row.

Reading is repeated as often as it takes. What has an effect is repeated only where Prolific did not take it: after a 429, and
where no connection came about. After anything else it may have happened, and has to be read back.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.conf import settings

from generation.trusted import trusted
from studies.channels.prolific import answers
from studies.channels.prolific.answers import BonusesThere, Cost, StudyThere, SubmissionThere
from studies.channels.prolific.errors import MayHaveHappened, NotSetUp, Refused, Unreachable
from studies.channels.prolific.words import advice, seconds_to_wait, words_of

PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between attempts, each times 0.5 to 1.5
LONGEST_PAUSE = 60.0  # whatever Prolific asks for
TOO_MANY = 429
ON_A_PAGE = 100
READ_BACK = "It may have happened: it is read back before anything is repeated."
LONGEST_QUOTE = 500  # characters of Prolific's own words in a message

Body = Mapping[str, Any]


class Fault(Exception):
    """A call without an answer that says yes or no; seconds: how long Prolific asks to be left alone."""

    def __init__(self, sentence: str, seconds: float = 0.0) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class NotTaken(Fault):
    """Prolific says that it did not take the call, or was never reached."""


class Unanswered(Fault):
    """Prolific may have taken the call, but there is no answer that could be read."""


@dataclass(frozen=True, kw_only=True)
class Prolific:
    """Where to ask (without a slash at the end), with which token (it is not shown), and how many seconds to wait."""

    url: str
    token: str = field(repr=False)
    timeout: float = 30.0
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)

    def cost_of(self, reward_cents: int, places: int) -> int:
        """What so many rewards cost with Prolific's fee and VAT, in cents of the account's currency."""
        body = {"reward": reward_cents, "total_available_places": places}
        return round(float(self._read("POST", "study-cost-calculator/", body)["total_cost"]))

    def create_study(self, body: Body) -> StudyThere:
        """Make a draft; nothing is spent before it is published."""
        return answers.study_there(self._do("POST", "studies/", body))

    def study(self, study_id: str) -> StudyThere:
        return answers.study_there(self._read("GET", f"studies/{study_id}/"))

    def drafts(self) -> Iterator[StudyThere]:
        """All studies of the account that were never published."""
        return map(answers.study_there, self._pages("studies/", state="UNPUBLISHED"))

    def change_study(self, study_id: str, body: Body) -> StudyThere:
        return answers.study_there(self._do("PATCH", f"studies/{study_id}/", body))

    def move_study(self, study_id: str, action: str) -> StudyThere:
        """PUBLISH, PAUSE, START or STOP."""
        return answers.study_there(self._do("POST", f"studies/{study_id}/transition/", {"action": action}))

    def study_cost(self, study_id: str) -> Cost:
        """What a study has cost so far."""
        return answers.cost(self._read("GET", f"studies/{study_id}/cost/"))

    def submissions(self, study_id: str) -> Iterator[SubmissionThere]:
        """All of a study, page by page."""
        return map(answers.submission_there, self._pages(f"studies/{study_id}/submissions/", page_size=ON_A_PAGE))

    def submission(self, submission_id: str) -> SubmissionThere:
        return answers.submission_there(self._read("GET", f"submissions/{submission_id}/"))

    def approve(self, submission_id: str) -> SubmissionThere:
        """Pay the reward."""
        return self._decide(submission_id, {"action": "APPROVE"})

    def reject(self, submission_id: str, category: str, message: str) -> SubmissionThere:
        """Pay nothing; the participant reads the message, which must have at least 100 characters."""
        return self._decide(submission_id, {"action": "REJECT", "message": message, "rejection_category": category})

    def request_return(self, submission_id: str, reasons: list[str]) -> None:
        """Ask the participant to return the submission; the participant decides."""
        self._tell("POST", f"submissions/{submission_id}/request-return/", {"request_return_reasons": reasons})

    def set_up_bonuses(self, study_id: str, csv_bonuses: str) -> BonusesThere:
        """Say who is to get how much, a line each: submission, amount in whole currency. Nothing is paid before pay_bonuses."""
        body = {"study_id": study_id, "csv_bonuses": csv_bonuses}
        return answers.bonuses_there(self._do("POST", "submissions/bonus-payments/", body))

    def pay_bonuses(self, bonuses_id: str) -> None:
        """Pay what was set up. Prolific warns that a second call pays a second time."""
        self._tell("POST", f"bulk-bonus-payments/{bonuses_id}/pay/", {})

    def _decide(self, submission_id: str, body: Body) -> SubmissionThere:
        return answers.submission_there(self._do("POST", f"submissions/{submission_id}/transition/", body))

    def _pages(self, path: str, **query: Any) -> Iterator[Body]:
        """The results of all pages. Only addresses of Prolific's are followed: the token goes along."""
        address: str | None = f"{path}?{urlencode(query)}"
        while address:
            page = self._read("GET", address)
            yield from page["results"]
            address = _next_page(page)
            if address and urlsplit(address)[:2] != urlsplit(self.url)[:2]:
                raise Refused(f"The next page should be at {self.url}, not at {address}. Check EVALSITE_PROLIFIC_URL.", 200)

    def _read(self, method: str, path: str, body: Body | None = None) -> Any:
        """What changes nothing there, and so can be asked again and again."""
        try:
            return _json(self._repeated(Fault, method, path, body))
        except Fault as fault:
            raise Unreachable(f"{fault}. Nothing was changed; try again later.") from None

    def _do(self, method: str, path: str, body: Body) -> Any:
        """What has an effect, and an answer that is needed."""
        response = self._tell(method, path, body)
        try:
            return _json(response)
        except Unanswered as fault:
            raise MayHaveHappened(f"{fault}. {READ_BACK}") from None

    def _tell(self, method: str, path: str, body: Body) -> httpx.Response:
        """What has an effect, and so happens at most once."""
        try:
            return self._repeated(NotTaken, method, path, body)
        except NotTaken as fault:
            raise Unreachable(f"{fault}. Nothing was changed; try again later.") from None
        except Unanswered as fault:
            raise MayHaveHappened(f"{fault}. {READ_BACK}") from None

    def _repeated(self, passing: type[Fault], method: str, path: str, body: Body | None) -> httpx.Response:
        """The answer of the first attempt that has one; pauses after faults that pass."""
        for pause in PAUSES:
            try:
                return self._once(method, path, body)
            except passing as fault:
                self.wait(max(min(fault.seconds, LONGEST_PAUSE), pause * random.uniform(0.5, 1.5)))
        return self._once(method, path, body)

    def _once(self, method: str, path: str, body: Body | None) -> httpx.Response:
        address = path if urlsplit(path).scheme else f"{self.url}/{path}"
        try:
            headers = {"Authorization": f"Token {self.token}"}
            response = httpx.request(method, address, json=body, headers=headers, timeout=self.timeout, verify=trusted())
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotTaken(f"Prolific cannot be reached at {self.url} ({error})") from None
        except httpx.TransportError as error:
            raise Unanswered(f"Prolific did not answer at {self.url} ({type(error).__name__})") from None
        return self._answer(response)

    def _answer(self, response: httpx.Response) -> httpx.Response:
        words = words_of(response).replace(self.token, "…")[:LONGEST_QUOTE].rstrip(".")
        said = f"Prolific answered {response.status_code}{words and f': {words}'}"
        if response.is_success:
            return response
        if response.status_code == TOO_MANY:
            raise NotTaken(said, seconds_to_wait(response.headers.get("retry-after", "")))
        if response.is_server_error:
            raise Unanswered(said)
        raise Refused(f"{said}. {advice(response.status_code)}".strip(), response.status_code)


def from_settings() -> Prolific:
    """Prolific as the environment says. Raises NotSetUp without a token."""
    if not settings.PROLIFIC_TOKEN:
        raise NotSetUp("Set EVALSITE_PROLIFIC_TOKEN to an API token of your Prolific account, and start the site anew.")
    return Prolific(url=settings.PROLIFIC_URL, token=settings.PROLIFIC_TOKEN)


def _next_page(page: Body) -> str | None:
    """The address of the next page: _links.next is null on the last one, or its href is."""
    following = page.get("_links", {}).get("next")
    href = following.get("href") if isinstance(following, dict) else following
    return href or None


def _json(response: httpx.Response) -> Any:
    """The answer's JSON. Raises Unanswered if it is none."""
    try:
        return response.json()
    except ValueError:
        raise Unanswered(f"{response.url} does not answer as Prolific's API does. Check EVALSITE_PROLIFIC_URL") from None
