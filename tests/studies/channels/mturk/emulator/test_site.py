"""The pages as they are without JavaScript: forms, links, redirects."""

import re
from collections.abc import Iterator

import httpx
import pytest

from studies.channels.mturk.emulator import Emulator
from tests.studies.channels.mturk.emulator.requester import Client, external, html, publish, refused, submitted

MASTERS = {"QualificationTypeId": "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "Comparator": "Exists"}


@pytest.fixture
def visitor(mturk_emulator: Emulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=mturk_emulator.url, trust_env=False, follow_redirects=True) as visitor:
        yield visitor


@pytest.fixture
def worker(visitor: httpx.Client) -> httpx.Client:
    assert visitor.post("/sign-in", data={"worker_id": " a1 "}).status_code == 200
    return visitor


def frame_of(page: str) -> str:
    found = re.search(r'<iframe[^>]* src="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_nobody_sees_hits_before_signing_in(client: Client, visitor: httpx.Client) -> None:
    hit_id = publish(client)
    for path in ("/", f"/hits/{hit_id}", "/worker", "/next"):
        assert "<h1>Sign in</h1>" in visitor.get(path).text


def test_a_strange_worker_id_is_refused(visitor: httpx.Client) -> None:
    answer = visitor.post("/sign-in", data={"worker_id": "<script>"})
    assert answer.status_code == 409
    assert "A worker ID is an A" in answer.text


def test_the_list_shows_what_there_is_and_why_not(client: Client, worker: httpx.Client) -> None:
    publish(client, Title="Open & free", MaxAssignments=4)
    publish(client, QualificationRequirements=[MASTERS])
    page = worker.get("/").text
    assert "Open &amp; free" in page
    assert "$0.50</strong> · 10 minutes · 4 left" in page
    assert "You lack a qualification: Masters: exists." in page
    assert page.count(">Accept</button>") == 1


def test_a_hit_from_preview_to_submission(client: Client, mturk_emulator: Emulator, worker: httpx.Client) -> None:
    hit_id = publish(client, Question=external("https://example.com/vote"))
    preview = worker.get(f"/hits/{hit_id}").text
    assert frame_of(preview) == f"https://example.com/vote?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId={hit_id}"
    work = worker.post(f"/hits/{hit_id}/accept")
    assignment_id = work.url.path.rpartition("/")[2]
    assert f"assignmentId={assignment_id}&hitId={hit_id}&workerId=A1&turkSubmitTo=" in frame_of(work.text)
    form = {"assignmentId": assignment_id, "session": "token", "colours": ["red", "blue"]}
    assert "The HIT is submitted" in httpx.post(f"{mturk_emulator.url}/mturk/externalSubmit", data=form).text
    (assignment,) = client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
    assert assignment["WorkerId"] == "A1"
    assert "<FreeText>red|blue</FreeText>" in assignment["Answer"]
    assert "assignmentId" not in assignment["Answer"]


def test_the_frame_may_do_what_amazons_may(client: Client, worker: httpx.Client) -> None:
    work = worker.post(f"/hits/{publish(client, Question=external(height=777))}/accept").text
    assert 'sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-modals"' in work
    assert 'height="777"' in work


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"answer": "1"}, 400),
        ({"assignmentId": "{id}"}, 400),
        ({"assignmentId": "3NONE", "answer": "1"}, 409),
        ({"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE", "answer": "1"}, 409),
    ],
)
def test_a_form_that_cannot_count_is_not_taken(
    client: Client, mturk_emulator: Emulator, visitor: httpx.Client, form: dict[str, str], status: int
) -> None:
    taken = mturk_emulator.worker("A1").accept(publish(client))
    form = {name: value.replace("{id}", taken.id) for name, value in form.items()}
    answer = visitor.post("/mturk/externalSubmit", data=form)
    assert (answer.status_code, "That did not work" in answer.text) == (status, True)
    assert client.list_assignments_for_hit(HITId=taken.hit_id)["NumResults"] == 0


def test_a_form_is_taken_once(client: Client, mturk_emulator: Emulator, visitor: httpx.Client) -> None:
    taken = mturk_emulator.worker("A1").accept(publish(client))
    statuses = [
        visitor.post("/mturk/externalSubmit", data={"assignmentId": taken.id, "answer": str(number)}).status_code
        for number in range(2)
    ]
    assert statuses == [200, 409]
    assert ">0<" in client.get_assignment(AssignmentId=taken.id)["Assignment"]["Answer"]


def test_a_returned_hit_is_for_others(client: Client, mturk_emulator: Emulator, worker: httpx.Client) -> None:
    hit_id = publish(client)
    work = worker.post(f"/hits/{hit_id}/accept")
    assert worker.post(f"{work.url.path}/return").url.path == "/"
    mturk_emulator.worker("A2").accept(hit_id)


def test_nobody_opens_the_work_of_others(client: Client, mturk_emulator: Emulator, worker: httpx.Client) -> None:
    taken = mturk_emulator.worker("A2").accept(publish(client))
    answer = worker.get(f"/assignments/{taken.id}")
    assert (answer.status_code, "somebody else" in answer.text) == (409, True)


def test_a_guarded_hit_is_not_previewed(client: Client, worker: httpx.Client) -> None:
    hit_id = publish(client, QualificationRequirements=[{**MASTERS, "ActionsGuarded": "PreviewAndAccept"}])
    assert worker.get(f"/hits/{hit_id}").status_code == 409
    assert ">Preview</a>" not in worker.get("/").text


def test_the_next_hit_is_the_one_in_hand_else_one_to_accept_else_the_list(client: Client, worker: httpx.Client) -> None:
    publish(client, QualificationRequirements=[MASTERS])
    assert worker.get("/next").url.path == "/"
    hit_id = publish(client)
    assert worker.get("/next").url.path == f"/hits/{hit_id}"
    work = worker.post(f"/hits/{hit_id}/accept")
    assert worker.get("/next").url.path == work.url.path


def test_an_html_question_is_served_from_the_other_origin_alone(
    client: Client, mturk_emulator: Emulator, visitor: httpx.Client
) -> None:
    page = "<!DOCTYPE html><p>Which?</p>"
    hit_id = publish(client, Question=html(page))
    answer = visitor.get(f"/question/{hit_id}?assignmentId=A")
    assert (answer.text, answer.url.host, answer.url.query) == (page, "127.0.0.1", b"assignmentId=A")
    assert httpx.get(mturk_emulator.content_url, follow_redirects=True, trust_env=False).url.host == "localhost"


def test_a_worker_becomes_who_they_say(client: Client, worker: httpx.Client) -> None:
    type_id = client.create_qualification_type(Name="Colours", Description="d", QualificationTypeStatus="Active")[
        "QualificationType"
    ]["QualificationTypeId"]
    named = {"QualificationTypeId": type_id, "WorkerId": "A1"}
    form = {"masters": "on", "approval_rate": "98", "approved_count": "5", "country": "de", "subdivision": "by"}
    page = worker.post("/worker", data={**form, f"has-{type_id}": "on", f"value-{type_id}": "80"}).text
    assert 'value="DE"' in page
    assert client.get_qualification_score(**named)["Qualification"]["IntegerValue"] == 80
    publish(client, QualificationRequirements=[MASTERS])
    assert "You lack" not in worker.get("/").text
    worker.post("/worker", data={**form, f"value-{type_id}": "80"})
    with refused("QualificationDoesNotExist"):
        client.get_qualification_score(**named)


@pytest.mark.parametrize(("field", "value"), [("approval_rate", "101"), ("approved_count", "many"), ("country", "USA")])
def test_a_worker_is_nobody_impossible(worker: httpx.Client, field: str, value: str) -> None:
    form = {"approval_rate": "98", "approved_count": "5", "country": "US", "subdivision": ""}
    assert worker.post("/worker", data={**form, field: value}).status_code == 409


def test_letters_and_feedback_reach_the_worker(client: Client, mturk_emulator: Emulator, worker: httpx.Client) -> None:
    client.approve_assignment(AssignmentId=submitted(mturk_emulator, publish(client), "A1"), RequesterFeedback="Well done.")
    client.notify_workers(Subject="Part two", MessageText="It is <open>.", WorkerIds=["A1"])
    page = worker.get("/").text
    assert "Well done." in page
    assert "It is &lt;open&gt;." in page


def test_the_corner_shows_and_sets(client: Client, mturk_emulator: Emulator, visitor: httpx.Client) -> None:
    hit_id = publish(client, MaxAssignments=2)
    submitted(mturk_emulator, hit_id, "A1")
    page = visitor.post("/emulator/clock", data={"amount": "2", "unit": "hours"}).text
    assert f"<td>{client.get_hit(HITId=hit_id)['HIT']['HITStatus']}</td>" in page
    assert ">Reviewable<" in page
    assert "<dt>CreateHIT</dt><dd>1</dd>" in page
    chances = dict.fromkeys(["throttle", "before", "after", "duplicate", "lose", "reorder", "slow"], "0")
    visitor.post("/emulator/faults", data={**chances, "lose": "0.25"})
    assert mturk_emulator.faults.lose == 0.25


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("clock", {"amount": "-1", "unit": "hours"}),
        ("clock", {"amount": "1", "unit": "years"}),
        ("clock", {"amount": "nan", "unit": "days"}),
        ("faults", {"throttle": "2"}),
        ("faults", {}),
    ],
)
def test_the_corner_refuses_what_makes_no_sense(visitor: httpx.Client, path: str, form: dict[str, str]) -> None:
    assert visitor.post(f"/emulator/{path}", data=form).status_code == 409


def test_a_slow_page_comes_all_the_same(client: Client, mturk_emulator: Emulator, worker: httpx.Client) -> None:
    publish(client, Title="Slow")
    mturk_emulator.faults.slow, mturk_emulator.faults.slow_seconds = 1.0, 0.2
    answer = worker.get("/")
    assert "Slow" in answer.text
    assert answer.elapsed.total_seconds() >= 0.2
