"""`python -m studies.rehearsal.turkers EMULATOR`: synthetic workers on the emulator of Mechanical Turk.

They use the emulator's pages and, in its frame, those of the site, as people do. How long they take is told by the emulator's
clock: it is put forward while they work.
"""

import argparse
import itertools
import sys
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup
from tqdm import tqdm

from generation.trusted import trusted
from studies.rehearsal.__main__ import answer, summary
from studies.rehearsal.pages import NoPlaceLeft, SiteDoesNotAnswer, UnexpectedPage, Visit
from studies.rehearsal.voter import Voter

GOOD_STANDING = {"masters": "on", "approval_rate": "99", "approved_count": "5000"}
SPREAD = 0.5  # of the logarithm of how long a worker takes


class Turker:
    """One worker, signed in on the emulator's site."""

    def __init__(self, emulator: str, worker_id: str, voter: Voter) -> None:
        self.voter = voter
        self._client = httpx.Client(base_url=emulator, follow_redirects=True, timeout=30, trust_env=False, verify=trusted())
        self._page("POST", "/sign-in", {"worker_id": worker_id})
        known = self._page("GET", "/worker").select("main input[name]")
        kept = {str(field["name"]): str(field.get("value", "on")) for field in known if _is_sent(field.attrs)}
        self._page("POST", "/worker", kept | GOOD_STANDING)

    def work(self, minutes: float) -> Iterator[str]:
        """Accept one HIT after the other, answer and hand it in, until none is offered; the address of each.

        One that the site turns the worker away from, as who has judged its comparison before, is returned and left alone.
        """
        left_alone: set[str] = set()
        while offers := [offer for offer in self._offers() if offer not in left_alone]:
            page = self._page("POST", offers[0])
            try:
                self._do(page, minutes)
            except NoPlaceLeft:
                left_alone.add(offers[0])
                self._page("POST", str(page.select("form[action$='/return']")[0]["action"]))
            else:
                yield offers[0]

    def _offers(self) -> list[str]:
        return [str(form["action"]) for form in self._page("GET", "/").select("form[action$='/accept']")]

    def _do(self, page: BeautifulSoup, minutes: float) -> None:
        frame = page.select("iframe.hit")[0]
        spent = min(1000.0, self.voter.draw.lognormvariate(0, SPREAD) * minutes)
        with Visit(urljoin(str(self._client.base_url), str(frame["src"]))) as visit:
            trial = visit.start()
            while trial:
                trial = answer(visit, self.voter, trial)
            self._page("POST", "/emulator/clock", {"amount": f"{spent:.3f}", "unit": "minutes"})
            visit.hand_in()

    def _page(self, method: str, path: str, fields: dict[str, str] | None = None) -> BeautifulSoup:
        try:
            response = self._client.request(method, path, data=fields)
        except httpx.TransportError as error:
            said = f"No emulator answers at {self._client.base_url} ({error}). Start it with “manage.py mturk_emulator”."
            raise SiteDoesNotAnswer(said) from error
        page = BeautifulSoup(response.text, "html.parser")
        if response.status_code != httpx.codes.OK:
            raise UnexpectedPage(f"{response.url} answered {response.status_code}: {page.get_text(' ', strip=True)}")
        return page


def main(arguments: list[str]) -> int:
    """Work; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        voters = turkers(options.emulator, options.first, options.workers, options.hits, options.minutes, options.seed)
    except (SiteDoesNotAnswer, UnexpectedPage) as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(voters))
    return 0


def turkers(emulator: str, first: int, workers: int, most_hits: int | None, minutes: float, seed: int) -> list[Voter]:
    """Send workers A<first>, A<first + 1> … to the emulator, each for at most so many HITs; who they were."""
    voters = []
    with tqdm(desc="Workers", unit=" HITs") as progress:
        for number in range(first, first + workers):
            voter = Voter.drawn(seed, number)
            for _ in itertools.islice(Turker(emulator, f"A{number}", voter).work(minutes), most_hits):
                progress.update()
            voters.append(voter)
    return voters


def _is_sent(field: Mapping[str, object]) -> bool:
    """Whether a browser sends a field: a box only if it is ticked."""
    return field.get("type") != "checkbox" or "checked" in field


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m studies.rehearsal.turkers", description="Send synthetic workers to an emulator of Mechanical Turk."
    )
    parser.add_argument("emulator", help="where it is, such as http://localhost:8900")
    parser.add_argument("--workers", type=int, default=10, help="how many come, one after the other (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the number in the first one's worker ID (default: %(default)s)")
    parser.add_argument("--hits", type=int, help="at most so many HITs each; by default all that are offered")
    parser.add_argument(
        "--minutes", type=float, default=0.5, help="how long a HIT takes in the middle, by the emulator's clock (default: 0.5)"
    )
    parser.add_argument("--seed", type=int, default=0, help="draws the workers' noise and habits")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
