"""The worker's site: a HIT in work with its frame, given back, and the next one."""

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from studies.channels.mturk.emulator import working
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.questions import question_of
from studies.channels.mturk.emulator.records import ACCEPTED
from studies.channels.mturk.emulator.site.visiting import prepare, worker, worker_id

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator


def work(emulator: "Emulator") -> Blueprint:
    """Pages for workers who are signed in."""
    blueprint = prepare(Blueprint("work", __name__), emulator)
    market = emulator.market

    @blueprint.get("/assignments/<assignment_id>")
    def in_work(assignment_id: str) -> ResponseReturnValue:
        with turn(market) as now:
            me, taken = worker(emulator), working.in_hand(market, worker_id(), assignment_id)
            address = working.frame_address(taken.hit, taken, emulator.url, emulator.content_url)
            height, minutes = question_of(taken.hit.question).height, (taken.deadline - now).total_seconds() / 60
            return render_template("work.html", worker=me, assignment=taken, address=address, height=height, minutes=minutes)

    @blueprint.post("/assignments/<assignment_id>/return")
    def give_back(assignment_id: str) -> ResponseReturnValue:
        with turn(market):
            working.give_back(market, worker_id(), assignment_id)
        return redirect("/", 303)

    @blueprint.get("/next")
    def go_on() -> ResponseReturnValue:
        """To a HIT in hand, else to one that this worker may accept, else to the list."""
        with turn(market):
            me = worker(emulator)
            for each in market.assignments.values():
                if each.worker_id == me.id and each.status == ACCEPTED:
                    return redirect(f"/assignments/{each.id}")
            possible = [offer.hit_id for offer in working.offers(market, me) if offer.qualified]
        return redirect(f"/hits/{possible[0]}" if possible else "/")

    return blueprint
