"""Who works here: signing in, and what Amazon would know of a worker, to be set as one likes."""

import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.records import Grant, Worker
from studies.channels.mturk.emulator.site.visiting import COOKIE, prepare, worker

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator

NUMBERS = {"approval_rate": (0, 100), "approved_count": (0, 10_000_000)}
FLAGS = ("masters", "adult")
PLACES = {"country": re.compile("[A-Z]{2}"), "subdivision": re.compile("([A-Z]{2})?")}


def workers(emulator: "Emulator") -> Blueprint:
    """Signing in and out, and a form for the worker's attributes and qualifications."""
    blueprint = prepare(Blueprint("workers", __name__), emulator)
    market = emulator.market

    @blueprint.post("/sign-in")
    def sign_in() -> ResponseReturnValue:
        known = emulator.worker(request.form.get("worker_id", "").strip().upper()).id
        answer = redirect("/", 303)
        answer.set_cookie(COOKIE, known, httponly=True, samesite="Lax")
        return answer

    @blueprint.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        answer = redirect("/", 303)
        answer.delete_cookie(COOKIE)
        return answer

    @blueprint.get("/worker")
    def look() -> ResponseReturnValue:
        with turn(market):
            me = worker(emulator)
            grants = {
                type_id: grant for (type_id, owner), grant in market.grants.items() if owner == me.id and not grant.revoked
            }
            return render_template("worker.html", worker=me, types=market.qualification_types.values(), grants=grants)

    @blueprint.post("/worker")
    def change() -> ResponseReturnValue:
        with turn(market):
            me = worker(emulator)
            for name, value in _attributes().items():
                setattr(me, name, value)
            _grant(market, me)
        return redirect("/worker", 303)

    return blueprint


def _attributes() -> dict[str, Any]:
    """What the form says of the worker. Raises WorkRefused."""
    given: dict[str, Any] = {name: name in request.form for name in FLAGS}
    for name, (least, most) in NUMBERS.items():
        given[name] = _number(name, least, most)
    for name, pattern in PLACES.items():
        given[name] = request.form.get(name, "").strip().upper()
        if not pattern.fullmatch(given[name]):
            raise WorkRefused(f"The {name} is a code of two letters, e.g. US.")
    return given


def _grant(market: Market, me: Worker) -> None:
    """Give the qualifications that the form ticks, and take those that it does not."""
    for type_id in market.qualification_types:
        if f"has-{type_id}" in request.form:
            value = _number(f"value-{type_id}", 0, 1_000_000_000)
            market.grants[type_id, me.id] = Grant(type_id, me.id, value, market.now)
        else:
            market.grants.pop((type_id, me.id), None)


def _number(name: str, least: int, most: int) -> int:
    text = request.form.get(name, "")
    if not text.isdecimal() or not least <= int(text) <= most:
        raise WorkRefused(f"“{name}” must be a whole number from {least} to {most}.")
    return int(text)
