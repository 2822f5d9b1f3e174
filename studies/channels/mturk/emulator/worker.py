"""A worker in Python, for tests and rehearsals: does at once what people do on the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from studies.channels.mturk.emulator import working
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.working import Offer


@dataclass(frozen=True)
class Accepted:
    """A HIT in a worker's hands. frame_address: what their browser would show in the frame."""

    id: str
    hit_id: str
    worker_id: str
    deadline: datetime
    frame_address: str


class WorkerInPython:
    """One worker. Everything but looking raises WorkRefused where the site would say no."""

    def __init__(self, market: Market, worker_id: str, site: str, content: str) -> None:
        self.id = worker_id
        self._market, self._site, self._content = market, site, content

    def hits(self) -> list[Offer]:
        """What the list of HITs shows: those with places left that this worker has not taken, qualified for or not."""
        with turn(self._market):
            return working.offers(self._market, self._market.worker(self.id))

    def accept(self, hit_id: str) -> Accepted:
        """Take a place of that HIT."""
        with turn(self._market):
            taken = working.accept(self._market, self._market.worker(self.id), hit_id)
            address = working.frame_address(taken.hit, taken, self._site, self._content)
            return Accepted(taken.id, taken.hit.id, self.id, taken.deadline, address)

    def return_hit(self, assignment_id: str) -> None:
        """Give a HIT back undone."""
        with turn(self._market):
            working.give_back(self._market, self.id, assignment_id)

    def submit(self, assignment_id: str, answers: Mapping[str, str]) -> None:
        """Send the form of a HIT, by the fields' names."""
        with turn(self._market):
            working.submit(self._market, assignment_id, {name: [value] for name, value in answers.items()})
