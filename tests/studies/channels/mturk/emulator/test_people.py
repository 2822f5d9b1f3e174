import pytest

from studies.channels.mturk.emulator import Emulator, WorkRefused
from tests.studies.channels.mturk.emulator.requester import Client, publish, refused, submitted


def test_a_blocked_worker_accepts_nothing(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client)
    client.create_worker_block(WorkerId="A1", Reason="Random answers.")
    assert client.list_worker_blocks()["WorkerBlocks"] == [{"WorkerId": "A1", "Reason": "Random answers."}]
    with pytest.raises(WorkRefused, match="blocked you"):
        mturk_emulator.worker("A1").accept(hit_id)
    client.delete_worker_block(WorkerId="A1")
    mturk_emulator.worker("A1").accept(hit_id)


def test_lifting_a_block_that_is_not_there_is_no_error(client: Client) -> None:
    client.delete_worker_block(WorkerId="A1")


def test_blocks_come_in_pages(client: Client) -> None:
    for number in range(3):
        client.create_worker_block(WorkerId=f"A{number}", Reason="Random answers.")
    pages = client.get_paginator("list_worker_blocks").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["WorkerBlocks"]) for page in pages] == [2, 1]


def test_a_letter_reaches_only_whose_work_was_decided_on(client: Client, mturk_emulator: Emulator) -> None:
    hit_id = publish(client, MaxAssignments=2)
    client.approve_assignment(AssignmentId=submitted(mturk_emulator, hit_id, "A1"))
    submitted(mturk_emulator, hit_id, "A2")
    answer = client.notify_workers(Subject="Part two", MessageText="It is open.", WorkerIds=["A1", "A2"])
    assert [(each["WorkerId"], each["NotifyWorkersFailureCode"]) for each in answer["NotifyWorkersFailureStatuses"]] == [
        ("A2", "HardFailure")
    ]
    assert [letter.worker_id for letter in mturk_emulator.market.letters] == ["A1"]


@pytest.mark.parametrize(
    ("subject", "text", "count"), [("s" * 201, "t", 1), ("s", "t" * 4097, 1), ("s", "t", 101), ("s", "t", 0), ("", "t", 1)]
)
def test_letters_have_their_limits(client: Client, subject: str, text: str, count: int) -> None:
    with refused("ParameterValidationError"):
        client.notify_workers(Subject=subject, MessageText=text, WorkerIds=[f"A{number}" for number in range(count)])


@pytest.mark.parametrize("worker_id", ["", "B1", "a1", "A-1", "A", "A" * 65])
def test_a_worker_id_looks_like_amazons(mturk_emulator: Emulator, worker_id: str) -> None:
    with pytest.raises(WorkRefused, match="worker ID"):
        mturk_emulator.worker(worker_id)
