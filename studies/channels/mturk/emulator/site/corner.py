"""The requester's corner: everything that the emulator knows on one page, its clock and its faults to set."""

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.faults import ALL
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.site.visiting import prepare

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator

MOST_ROWS = 200
SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400}


def corner(emulator: "Emulator") -> Blueprint:
    """Looking, putting the clock forward, ordering faults."""
    blueprint = prepare(Blueprint("corner", __name__), emulator)

    @blueprint.get("/emulator")
    def look() -> ResponseReturnValue:
        with turn(emulator.market) as now:
            market = emulator.market
            return render_template(
                "corner.html",
                emulator=emulator,
                now=now,
                hits=list(market.hits.values())[-MOST_ROWS:],
                assignments=list(market.assignments.values())[-MOST_ROWS:],
                chances={fault: getattr(emulator.faults, fault) for fault in ALL},
                units=SECONDS,
            )

    @blueprint.post("/emulator/clock")
    def advance() -> ResponseReturnValue:
        unit = request.form.get("unit", "")
        if unit not in SECONDS:
            raise WorkRefused(f"Give a unit: {', '.join(SECONDS)}.")
        emulator.clock.advance(_number("amount", most=1000) * SECONDS[unit])
        return redirect("/emulator", 303)

    @blueprint.post("/emulator/faults")
    def order() -> ResponseReturnValue:
        chances = {fault: _number(fault, most=1) for fault in ALL}
        for fault, chance in chances.items():
            setattr(emulator.faults, fault, chance)
        return redirect("/emulator", 303)

    return blueprint


def _number(name: str, *, most: float) -> float:
    """A field of the form, from 0. Raises WorkRefused."""
    try:
        number = float(request.form.get(name, ""))
    except ValueError:
        number = -1
    if not 0 <= number <= most:
        raise WorkRefused(f"“{name}” must be a number from 0 to {most}.")
    return number
