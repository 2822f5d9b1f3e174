"""What workers may do, in Python as on the pages."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from studies.channels.mturk.emulator import Emulator, WorkRefused
from tests.studies.channels.mturk.emulator.requester import HOUR, Client, external, html, publish


def test_a_worker_has_a_hit_once(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=3)
    worker = mturk_emulator.worker("A1")
    taken = worker.accept(hit_id)
    with pytest.raises(WorkRefused, match="once"):
        worker.accept(hit_id)
    worker.submit(taken.id, {"answer": "1"})
    assert worker.hits() == []
    with pytest.raises(WorkRefused, match="once"):
        worker.accept(hit_id)


def test_a_returned_hit_can_be_accepted_again(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    worker = mturk_emulator.worker("A1")
    first = worker.accept(hit_id)
    worker.return_hit(first.id)
    assert [offer.hit_id for offer in worker.hits()] == [hit_id]
    assert worker.accept(hit_id).id != first.id


def test_what_is_not_in_hand_is_neither_submitted_nor_returned(client: Client, mturk_emulator: Emulator) -> None:
    worker = mturk_emulator.worker("A1")
    taken = worker.accept(publish(client))
    worker.return_hit(taken.id)
    with pytest.raises(WorkRefused, match="returned"):
        worker.submit(taken.id, {"answer": "1"})
    with pytest.raises(WorkRefused, match="returned"):
        worker.return_hit(taken.id)
    with pytest.raises(WorkRefused, match="no such assignment"):
        worker.submit("3NONE", {"answer": "1"})


def test_nobody_returns_the_work_of_others(client: Client, mturk_emulator: Emulator) -> None:
    taken = mturk_emulator.worker("A1").accept(publish(client))
    with pytest.raises(WorkRefused, match="somebody else"):
        mturk_emulator.worker("A2").return_hit(taken.id)


def test_a_form_is_submitted_once_and_not_empty(client: Client, mturk_emulator: Emulator) -> None:
    worker = mturk_emulator.worker("A1")
    taken = worker.accept(publish(client))
    with pytest.raises(WorkRefused, match="no answers"):
        worker.submit(taken.id, {})
    worker.submit(taken.id, {"answer": "1"})
    with pytest.raises(WorkRefused, match="submitted already"):
        worker.submit(taken.id, {"answer": "2"})
    assert ">1<" in client.get_assignment(AssignmentId=taken.id)["Assignment"]["Answer"]


def test_there_is_no_work_on_what_has_expired_or_is_full(client: Client, mturk_emulator: Emulator) -> None:
    full, expired = publish(client, LifetimeInSeconds=2 * HOUR), publish(client)
    mturk_emulator.worker("A1").accept(full)
    mturk_emulator.clock.advance(HOUR)
    mturk_emulator.worker("A1").hits()
    with pytest.raises(WorkRefused, match="no more work"):
        mturk_emulator.worker("A2").accept(expired)
    with pytest.raises(WorkRefused, match="no such HIT"):
        mturk_emulator.worker("A2").accept("3NONE")


def test_the_frame_of_an_external_question_has_amazons_parameters(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, Question=external("https://example.com/vote?study=1&x=é#top"))
    taken = mturk_emulator.worker("A1").accept(hit_id)
    parts = urlsplit(taken.frame_address)
    assert (parts.netloc, parts.path, parts.fragment) == ("example.com", "/vote", "top")
    assert parse_qs(parts.query) == {
        "study": ["1"],
        "x": ["é"],
        "assignmentId": [taken.id],
        "hitId": [hit_id],
        "workerId": ["A1"],
        "turkSubmitTo": [mturk_emulator.url],
    }


def test_an_html_question_is_at_another_origin(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, Question=html("<p>Which?</p>"))
    address = mturk_emulator.worker("A1").accept(hit_id).frame_address
    assert address.startswith(f"http://127.0.0.1:{mturk_emulator.port}/question/{hit_id}?assignmentId=")
    assert mturk_emulator.url == f"http://localhost:{mturk_emulator.port}"


def test_the_last_place_goes_to_one_of_many(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=3)
    workers = [mturk_emulator.worker(f"A{number}") for number in range(12)]
    together = threading.Barrier(len(workers))
    outcomes: list[str] = []

    def race(number: int) -> None:
        together.wait()
        try:
            outcomes.append(workers[number].accept(hit_id).worker_id)
        except WorkRefused:
            outcomes.append("")

    threads = [threading.Thread(target=race, args=(number,)) for number in range(len(workers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 12
    assert len(set(outcomes) - {""}) == 3
    assert outcomes.count("") == 9
