"""What tests do as a requester: a client that tries once, and HITs that need no more than a question."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import OperationModel

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.emulator.protocol import faults_of
from studies.channels.mturk.emulator.questions import SCHEMAS

Client = Any  # boto3 makes its classes while it runs
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
WORK = {"Title": "Which image fits?", "Description": "Look and choose.", "Reward": "0.50", "AssignmentDurationInSeconds": 600}
HOUR, DAY = 3600, 86_400


def client_of(emulator: Emulator, config: Config = ONCE) -> Client:
    """A client whose answers are checked, byte by byte as they came, against botocore's shape for them."""
    client = boto3.client(
        "mturk",
        endpoint_url=emulator.url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=config,
    )
    client.meta.events.register("before-parse.mturk.*", _check_answer)
    return client


def _check_answer(operation_model: OperationModel, response_dict: dict[str, Any], **_: object) -> None:
    if response_dict["status_code"] == 200:
        assert list(faults_of(operation_model.output_shape, json.loads(response_dict["body"]), "")) == []


def external(address: str = "https://example.com/vote?study=1", height: int = 600) -> str:
    escaped = address.replace("&", "&amp;")
    return (
        f'<ExternalQuestion xmlns="{SCHEMAS}2006-07-14/ExternalQuestion.xsd">'
        f"<ExternalURL>{escaped}</ExternalURL><FrameHeight>{height}</FrameHeight></ExternalQuestion>"
    )


def html(content: str, height: int = 450) -> str:
    return (
        f'<HTMLQuestion xmlns="{SCHEMAS}2011-11-11/HTMLQuestion.xsd">'
        f"<HTMLContent><![CDATA[{content}]]></HTMLContent><FrameHeight>{height}</FrameHeight></HTMLQuestion>"
    )


def publish(client: Client, **values: Any) -> str:
    """A HIT of half a dollar for one worker, for an hour, with whatever else is given; its id."""
    request = {**WORK, "LifetimeInSeconds": HOUR, "Question": external(), **values}
    return str(client.create_hit(**request)["HIT"]["HITId"])


def submitted(emulator: Emulator, hit_id: str, worker_id: str = "AWORKER") -> str:
    """An assignment that a worker has submitted; its id."""
    worker = emulator.worker(worker_id)
    assignment = worker.accept(hit_id)
    worker.submit(assignment.id, {"session": "s"})
    return assignment.id


def status(client: Client, hit_id: str) -> str:
    return str(client.get_hit(HITId=hit_id)["HIT"]["HITStatus"])


@contextmanager
def refused(code: str) -> Iterator[list[str]]:
    """The block's request is refused: with that TurkErrorCode (without its prefix), or that kind of exception.

    The list has the message afterwards.
    """
    said: list[str] = []
    with pytest.raises(ClientError) as caught:
        yield said
    answer = caught.value.response
    assert code in (answer["Error"]["Code"], answer.get("TurkErrorCode", "").removeprefix("AWS.MechanicalTurk.")), answer
    said.append(answer["Error"]["Message"])
