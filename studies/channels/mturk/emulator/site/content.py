"""What is in the frame: HTML questions, from an origin that is not the site's, and the place where forms are sent."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from studies.channels.mturk.emulator import working
from studies.channels.mturk.emulator.errors import WorkRefused
from studies.channels.mturk.emulator.faults import SLOW
from studies.channels.mturk.emulator.lifecycle import turn
from studies.channels.mturk.emulator.questions import question_of

if TYPE_CHECKING:
    from studies.channels.mturk.emulator.emulator import Emulator

ASSIGNMENT_FIELD = "assignmentId"


def content(emulator: "Emulator") -> Blueprint:
    """Pages that know no cookie: browsers send none from a frame of another site."""
    blueprint = Blueprint("content", __name__)
    market = emulator.market

    @blueprint.before_request
    def arrive() -> None:
        if emulator.faults.happens(SLOW):
            emulator.closing.wait(emulator.faults.slow_seconds)

    @blueprint.get("/question/<hit_id>")
    def question(hit_id: str) -> ResponseReturnValue:
        if not request.host_url.startswith(emulator.content_url):
            return redirect(emulator.content_url + request.full_path)
        with turn(market):
            html = question_of(working.hit_to_work_on(market, hit_id).question).html
        return Response(html, content_type="text/html; charset=utf-8")

    @blueprint.post("/mturk/externalSubmit")
    def submitted() -> ResponseReturnValue:
        fields = request.form.to_dict(flat=False)
        assignment_id = fields.pop(ASSIGNMENT_FIELD, [""])[0]
        if not assignment_id or not fields:
            sentence = "Send the field assignmentId, and at least one field with an answer."
            return render_template("not_submitted.html", sentence=sentence), 400
        with turn(market):
            working.submit(market, assignment_id, fields)
        return render_template("submitted.html", assignment_id=assignment_id)

    @blueprint.errorhandler(WorkRefused)
    def refused(refusal: WorkRefused) -> ResponseReturnValue:
        return render_template("not_submitted.html", sentence=str(refusal)), 409

    return blueprint
