"""The worker's site: the list of HITs, a preview, a HIT in work with its frame."""

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from studies.channels.mturk.emulator import working
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.questions import question_of
from studies.channels.mturk.emulator.records import ACCEPTED
from studies.channels.mturk.emulator.site.visiting import COOKIE, prepare, worker, worker_id

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator


def work(emulator: "Emulator") -> Blueprint:
    """Pages for workers who are signed in; without one, the list asks who it is."""
    blueprint = prepare(Blueprint("work", __name__), emulator)
    market = emulator.market

    @blueprint.get("/")
    def hits() -> ResponseReturnValue:
        if not request.cookies.get(COOKIE):
            return render_template("sign_in.html")
        with turn(market) as now:
            me = worker(emulator)
            mine = [each for each in market.assignments.values() if each.worker_id == me.id]
            letters = [letter for letter in market.letters if letter.worker_id == me.id]
            offers = working.offers(market, me)
            return render_template("hits.html", worker=me, offers=offers, mine=mine, letters=letters, now=now)

    @blueprint.get("/hits/<hit_id>")
    def preview(hit_id: str) -> ResponseReturnValue:
        with turn(market):
            me, hit = worker(emulator), working.hit_to_work_on(market, hit_id)
            offer = working.offer(market, me, hit)
            if not offer.may_preview:
                raise WorkRefused(" ".join(["You may not look at this HIT.", *offer.obstacles]))
            address = working.frame_address(hit, None, emulator.url, emulator.content_url)
            height = question_of(hit.question).height
            return render_template("preview.html", worker=me, offer=offer, address=address, height=height)

    @blueprint.post("/hits/<hit_id>/accept")
    def accept(hit_id: str) -> ResponseReturnValue:
        with turn(market):
            return redirect(f"/work/{working.accept(market, worker(emulator), hit_id).id}", 303)

    @blueprint.get("/work/<assignment_id>")
    def in_work(assignment_id: str) -> ResponseReturnValue:
        with turn(market) as now:
            me, taken = worker(emulator), working.in_hand(market, worker_id(), assignment_id)
            address = working.frame_address(taken.hit, taken, emulator.url, emulator.content_url)
            height, minutes = question_of(taken.hit.question).height, (taken.deadline - now).total_seconds() / 60
            return render_template("work.html", worker=me, assignment=taken, address=address, height=height, minutes=minutes)

    @blueprint.post("/work/<assignment_id>/return")
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
                    return redirect(f"/work/{each.id}")
            possible = [offer.hit_id for offer in working.offers(market, me) if offer.qualified]
        return redirect(f"/hits/{possible[0]}" if possible else "/")

    return blueprint
