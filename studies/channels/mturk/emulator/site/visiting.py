"""What all pages share: who is there, from which origin, how slow it is, and how it says no."""

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from studies.channels.mturk.emulator.account import dollars
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.faults import SLOW
from studies.channels.mturk.emulator.records import Worker

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator

COOKIE = "mturk_emulator_worker"  # of localhost, on whatever port


class NotSignedIn(WorkRefused):
    """A page for workers, asked for by nobody in particular."""


def prepare(blueprint: Blueprint, emulator: "Emulator") -> Blueprint:
    """Make a part of the site slow when that is ordered, keep it at its origin, and let it say no in a sentence."""

    @blueprint.before_request
    def arrive() -> ResponseReturnValue | None:
        if emulator.faults.happens(SLOW):
            emulator.closing.wait(emulator.faults.slow_seconds)
        if request.method == "GET" and not request.host_url.startswith(emulator.url):
            return redirect(emulator.url + request.full_path.rstrip("?"))
        return None

    blueprint.register_error_handler(WorkRefused, _refused)
    blueprint.add_app_template_filter(dollars)
    return blueprint


def worker_id() -> str:
    """Who is signed in. Raises NotSignedIn."""
    if known := request.cookies.get(COOKIE, ""):
        return known
    raise NotSignedIn("Sign in first: any worker ID will do.")


def worker(emulator: "Emulator") -> Worker:
    """Who is signed in, with what is known of them; within a turn. Raises NotSignedIn."""
    return emulator.market.worker(worker_id())


def _refused(refusal: Exception) -> ResponseReturnValue:
    if isinstance(refusal, NotSignedIn):
        return redirect("/")
    return render_template("refused.html", sentence=str(refusal)), 409
