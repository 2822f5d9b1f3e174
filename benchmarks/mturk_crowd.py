"""Workers of the emulator, each in a thread of its own: they take HITs, answer in the frame, and hand in, or give back."""

import html
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.worker import Accepted, WorkerInPython
from tests.forms_of_pages import Form, forms, images

POSITIONS = ("1", "2", "0")
GIVES_BACK, GIVES_BACK_ANSWERED = 0.05, 0.05  # shares of assignments
TRIES = 40
QUALIFIED = {"masters": True, "approval_rate": 99, "approved_count": 5000}


@dataclass
class Crowd:
    """What workers did: the answers of every assignment that Mechanical Turk took, and how many were given back answered."""

    emulator: Emulator
    handed_in: dict[str, list[str]] = field(default_factory=dict)
    given_back: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, workers: int, seed: int) -> None:
        """All of them at once, until no HIT is left that any of them may take."""
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda number: self._work(f"A{number}", random.Random(f"{seed}/{number}")), range(workers)))

    def _work(self, worker_id: str, draw: random.Random) -> None:
        worker = self.emulator.worker(worker_id, **QUALIFIED)
        with httpx.Client(timeout=60, cookies=None) as browser:
            for accepted in _taken(worker, draw):
                if draw.random() < GIVES_BACK:
                    worker.return_hit(accepted.id)
                    continue
                self._answer(browser, worker, accepted, draw)

    def _answer(self, browser: httpx.Client, worker: WorkerInPython, accepted: Accepted, draw: random.Random) -> None:
        chosen, form = answer(browser, accepted.frame_address, draw)
        if draw.random() < GIVES_BACK_ANSWERED:
            worker.return_hit(accepted.id)
            with self.lock:
                self.given_back += 1
            return
        hand_in(browser, self.emulator, form)
        with self.lock:
            self.handed_in[accepted.id] = chosen


def answer(browser: httpx.Client, address: str, draw: random.Random) -> tuple[list[str], Form]:
    """Do what the frame asks; the positions chosen, criterion by criterion, and the form that hands them in."""
    chosen: list[str] = []
    page = browser.get(address)
    while True:
        text, form = page.text, forms(page.text)[0]
        if "assignmentId" in form.hidden:
            return chosen, form
        for image in images(text):
            browser.get(str(page.url.join(image))).raise_for_status()
        choices = {name: draw.choice(POSITIONS) for name in form.questions}
        chosen += choices.values()
        page = browser.post(str(page.url.join(_action(text, str(page.url)))), data=form.filled(choices), follow_redirects=True)
        browser.cookies.clear()  # as in a frame of another site
        page.raise_for_status()


def hand_in(browser: httpx.Client, emulator: Emulator, form: Form) -> None:
    """Post what the last page posts, until Mechanical Turk answers that it has it: as a person who presses again."""
    for _ in range(TRIES):
        with suppress(httpx.TransportError):
            answered = browser.post(f"{emulator.url}/mturk/externalSubmit", data=dict(form.hidden))
            if answered.is_success or "already" in answered.text:
                return
    raise WorkRefused("Mechanical Turk never took the answers.")


def _taken(worker: WorkerInPython, draw: random.Random) -> Iterator[Accepted]:
    """One HIT after the other, until there is none for this worker."""
    while offers := [offer for offer in worker.hits() if offer.qualified]:
        with suppress(WorkRefused):  # somebody else was faster
            yield worker.accept(draw.choice(offers).hit_id)


def _action(page: str, address: str) -> str:
    form = re.search(r"<form\b[^>]*>", page)
    action = re.search(r'action="([^"]*)"', form[0]) if form else None
    return html.unescape(action[1]) if action else address
