"""What a worker does: look for HITs, accept, return, submit. All of it within a turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from studies.channels.mturk.emulator.answers import answers_xml
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.events import tell
from studies.channels.mturk.emulator.lifecycle import refresh
from studies.channels.mturk.emulator.market import Market, new_id
from studies.channels.mturk.emulator.questions import question_of
from studies.channels.mturk.emulator.records import (
    ABANDONED,
    ACCEPTED,
    ASSIGNABLE,
    RETURNED,
    SUBMITTED,
    Assignment,
    Hit,
    Worker,
)
from studies.channels.mturk.emulator.requirements import ACCEPT, DISCOVER, PREVIEW, described, guards, unmet

PREVIEWED = "ASSIGNMENT_ID_NOT_AVAILABLE"


@dataclass(frozen=True)
class Offer:
    """A HIT as one worker sees it in the list. obstacles: why they may not accept it, a sentence each."""

    hit_id: str
    title: str
    description: str
    reward_cents: int
    duration_seconds: int
    places: int
    obstacles: tuple[str, ...]
    may_preview: bool

    @property
    def qualified(self) -> bool:
        return not self.obstacles


def offers(market: Market, worker: Worker) -> list[Offer]:
    """The HITs with places left that this worker may see and has not taken."""
    there = [hit for hit in market.hits.values() if hit.status(market.now) == ASSIGNABLE and not turn_of(hit, worker.id)]
    return [offer(market, worker, hit) for hit in there if _may(market, worker, hit, DISCOVER)]


def offer(market: Market, worker: Worker, hit: Hit) -> Offer:
    """One HIT as this worker sees it."""
    return Offer(
        hit_id=hit.id,
        title=hit.type.title,
        description=hit.type.description,
        reward_cents=hit.type.reward_cents,
        duration_seconds=hit.type.duration_seconds,
        places=hit.open_places,
        obstacles=tuple(_obstacles(market, worker, hit)),
        may_preview=_may(market, worker, hit, PREVIEW),
    )


def accept(market: Market, worker: Worker, hit_id: str) -> Assignment:
    """Take a place of a HIT, once. Raises WorkRefused."""
    hit = hit_to_work_on(market, hit_id)
    if hit.status(market.now) != ASSIGNABLE:
        raise WorkRefused("There is no more work on this HIT; choose another one.")
    if turn_of(hit, worker.id):
        raise WorkRefused("You have accepted this HIT already; each worker can do it once.")
    if obstacles := _obstacles(market, worker, hit):
        raise WorkRefused(" ".join(["You may not accept this HIT.", *obstacles]))
    assignment = Assignment(new_id(), hit, worker.id, market.now)
    hit.assignments.append(assignment)
    market.assignments[assignment.id] = assignment
    tell(market, "AssignmentAccepted", hit, assignment)
    refresh(market, hit)
    return assignment


def give_back(market: Market, worker_id: str, assignment_id: str) -> None:
    """Return an accepted HIT undone. Raises WorkRefused."""
    assignment = in_hand(market, worker_id, assignment_id)
    assignment.status = RETURNED
    tell(market, "AssignmentReturned", assignment.hit, assignment)
    refresh(market, assignment.hit)


def submit(market: Market, assignment_id: str, answers: Mapping[str, Sequence[str]]) -> Assignment:
    """Keep the answers of an accepted HIT. Raises WorkRefused, too, when there are none."""
    assignment = assignment_of(market, assignment_id)
    _check_in_hand(assignment)
    if not answers:
        raise WorkRefused("The form has no answers: send at least one field besides assignmentId.")
    assignment.status, assignment.submitted = SUBMITTED, market.now
    assignment.answer = answers_xml(answers)
    tell(market, "AssignmentSubmitted", assignment.hit, assignment)
    refresh(market, assignment.hit)
    return assignment


def in_hand(market: Market, worker_id: str, assignment_id: str) -> Assignment:
    """An assignment that this worker has accepted and can still work on. Raises WorkRefused."""
    assignment = assignment_of(market, assignment_id)
    if assignment.worker_id != worker_id:
        raise WorkRefused("This HIT was accepted by somebody else; choose another one.")
    _check_in_hand(assignment)
    return assignment


def hit_to_work_on(market: Market, hit_id: str) -> Hit:
    """Raises WorkRefused."""
    if hit_id not in market.hits:
        raise WorkRefused("There is no such HIT; choose one from the list.")
    return market.hits[hit_id]


def assignment_of(market: Market, assignment_id: str) -> Assignment:
    """Raises WorkRefused."""
    if assignment_id not in market.assignments:
        raise WorkRefused("There is no such assignment; send the assignmentId that came with the page.")
    return market.assignments[assignment_id]


def turn_of(hit: Hit, worker_id: str) -> Assignment | None:
    """The worker's turn at this HIT that was not given up; nobody gets a second."""
    there = (each for each in hit.assignments if each.worker_id == worker_id)
    return next((each for each in there if each.status not in (RETURNED, ABANDONED)), None)


def frame_address(hit: Hit, assignment: Assignment | None, site: str, content: str) -> str:
    """What the frame shows, with Amazon's parameters. site, content: the origins of the worker's site and of HTML questions.

    Without an assignment it is a preview, which knows no worker.
    """
    address = question_of(hit.question).address or f"{content}/question/{hit.id}"
    parameters = {"assignmentId": assignment.id if assignment else PREVIEWED, "hitId": hit.id}
    if assignment:
        parameters |= {"workerId": assignment.worker_id, "turkSubmitTo": site}
    parts = urlsplit(address)
    return parts._replace(query="&".join(filter(None, [parts.query, urlencode(parameters)]))).geturl()


def _check_in_hand(assignment: Assignment) -> None:
    sentences = {
        RETURNED: "You have returned this HIT; accept it again to work on it.",
        ABANDONED: "The time for this HIT is over; accept it again to work on it.",
    }
    if assignment.status != ACCEPTED:
        raise WorkRefused(sentences.get(assignment.status, "This HIT has been submitted already; it can be submitted once."))


def _obstacles(market: Market, worker: Worker, hit: Hit) -> list[str]:
    if worker.id in market.blocks:
        return ["The requester has blocked you."]
    missing = unmet(market, worker, hit.type.requirements)
    return [f"You lack a qualification: {described(market, each)}." for each in missing if guards(each, ACCEPT)]


def _may(market: Market, worker: Worker, hit: Hit, action: str) -> bool:
    return not any(guards(each, action) for each in unmet(market, worker, hit.type.requirements))
