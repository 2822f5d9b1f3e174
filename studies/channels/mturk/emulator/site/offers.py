"""The worker's site: the list of HITs, a preview, accepting one."""

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from studies.channels.mturk.emulator import working
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.questions import question_of
from studies.channels.mturk.emulator.site.visiting import COOKIE, prepare, worker

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator


def offers(emulator: "Emulator") -> Blueprint:
    """Pages to choose from; without a worker who is signed in, the list asks who it is."""
    blueprint = prepare(Blueprint("offers", __name__), emulator)
    market = emulator.market

    @blueprint.get("/")
    def hits() -> ResponseReturnValue:
        if not request.cookies.get(COOKIE):
            return render_template("sign_in.html")
        with turn(market) as now:
            me = worker(emulator)
            mine = [each for each in market.assignments.values() if each.worker_id == me.id]
            letters = [letter for letter in market.letters if letter.worker_id == me.id]
            return render_template(
                "hits.html", worker=me, offers=working.offers(market, me), mine=mine, letters=letters, now=now
            )

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
            return redirect(f"/assignments/{working.accept(market, worker(emulator), hit_id).id}", 303)

    return blueprint
