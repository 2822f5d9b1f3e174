"""botocore against servers on this machine: the emulator, and one that answers whatever the test says."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from studies.channels.mturk import client as module
from studies.channels.mturk.client import call, client_for
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.environments import EMULATOR, PRODUCTION, SANDBOX, environment
from studies.channels.mturk.errors import MayHaveHappened, NotReachable, Refused

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"  # of Amazon's documentation
CHAIN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine has."""
    for name in CHAIN:
        monkeypatch.delenv(name, raising=False)
    for file in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(file, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@contextmanager
def answering(status: int, body: str, headers: Mapping[str, str] | None = None) -> Iterator[tuple[Any, list[str]]]:
    """A client without patience of a server that answers every POST alike, and what the server was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(str(self.headers) + self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield client_for(replace(environment(SANDBOX), endpoint=f"http://127.0.0.1:{server.server_port}")), asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no test waits for a second try."""
    monkeypatch.setattr(module, "CONFIG", Config(retries={"mode": "standard", "total_max_attempts": 1}))


@pytest.mark.parametrize("name", [SANDBOX, PRODUCTION])
def test_without_keys_nothing_is_asked_and_the_reason_is_named(name: str) -> None:
    with pytest.raises(NotReachable, match="No AWS keys were found"):
        client_for(environment(name))


def test_half_of_the_keys_is_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    with pytest.raises(NotReachable, match=r"No AWS keys were found.*AWS_SECRET_ACCESS_KEY"):
        client_for(environment(PRODUCTION))


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "lab")
    with pytest.raises(NotReachable, match=r"profile .*lab"):
        client_for(environment(PRODUCTION))


def test_keys_are_found_in_the_shared_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(f"[lab]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "lab")
    assert client_for(environment(PRODUCTION)).meta.endpoint_url == "https://mturk-requester.us-east-1.amazonaws.com"


@pytest.mark.usefixtures("keys")
def test_the_region_is_mechanical_turks_whatever_the_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    sandbox = client_for(environment(SANDBOX))
    assert sandbox.meta.region_name == "us-east-1"
    assert sandbox.meta.endpoint_url == "https://mturk-requester-sandbox.us-east-1.amazonaws.com"


@pytest.mark.usefixtures("keys", "emulator")
def test_the_emulator_never_sees_real_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    client = client_for(environment(EMULATOR))
    assert client._request_signer._credentials.access_key == "emulator"
    assert call(client, "GetAccountBalance")["AvailableBalance"] == "10000.00"


@pytest.mark.usefixtures("keys", "one_try")
def test_no_key_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "studies")
    refusal = '{"__type":"UnrecognizedClientException","message":"no"}'
    with answering(400, refusal) as (client, asked), pytest.raises(NotReachable) as reason:
        call(client, "GetAccountBalance")
    assert SECRET not in caplog.text + str(reason.value) + asked[0]
    assert "AKIA" not in caplog.text + str(reason.value)


@pytest.mark.usefixtures("keys", "one_try")
@pytest.mark.parametrize(
    "code", ["UnrecognizedClientException", "InvalidSignatureException", "AccessDeniedException", "ExpiredTokenException"]
)
def test_keys_that_are_not_taken_are_a_matter_of_the_account(code: str) -> None:
    answer, reason = f'{{"__type":"{code}","message":"No."}}', f"does not take these AWS keys .{code}"
    with answering(400, answer) as (client, _), pytest.raises(NotReachable, match=reason):
        call(client, "GetAccountBalance")


@pytest.mark.usefixtures("keys", "one_try")
def test_a_refusal_carries_amazons_own_code() -> None:
    code = "AWS.MechanicalTurk.InsufficientFunds"
    body = f'{{"__type":"RequestError","Message":"Not enough money.","TurkErrorCode":"{code}"}}'
    with answering(400, body) as (client, _), pytest.raises(Refused, match="Not enough money") as refusal:
        call(client, "GetAccountBalance")
    assert refusal.value.code == code


@pytest.mark.usefixtures("keys", "one_try")
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"__type":"ThrottlingException","message":"Rate exceeded"}'),
        (500, '{"__type":"ServiceFault","Message":"Sorry"}'),
        (503, "<html>busy</html>"),
    ],
)
def test_what_nobody_knows_may_have_happened(status: int, body: str) -> None:
    with answering(status, body) as (client, _), pytest.raises(MayHaveHappened):
        call(client, "GetAccountBalance")


@pytest.mark.usefixtures("emulator", "one_try")
def test_a_connection_that_ends_without_an_answer_may_have_carried_the_call(emulator: Emulator) -> None:
    emulator.faults.order("after", "CreateHITType")
    with pytest.raises(MayHaveHappened):
        call(
            client_for(environment(EMULATOR)),
            "CreateHITType",
            Title="t",
            Description="d",
            Reward="0.05",
            AssignmentDurationInSeconds=60,
        )
    assert len(emulator.market.hit_types) == 1


def test_a_call_that_the_model_does_not_admit_is_refused_and_never_sent(emulator: Emulator) -> None:
    with pytest.raises(Refused, match="HITId"):
        call(client_for(environment(EMULATOR)), "DeleteHIT", HITId="")
    assert emulator.requests["DeleteHIT"] == 0


def test_throttling_is_tried_again_before_anybody_hears_of_it(emulator: Emulator) -> None:
    emulator.faults.order("throttle", "GetAccountBalance")
    assert call(client_for(environment(EMULATOR)), "GetAccountBalance")["AvailableBalance"] == "10000.00"
    assert emulator.requests["GetAccountBalance"] == 2


def test_the_emulator_must_have_an_address(settings: Any) -> None:
    settings.MTURK_ENDPOINT_URL = ""
    with pytest.raises(NotReachable, match="mturk_emulator --port 8900"):
        environment(EMULATOR)


def test_masters_have_another_key_in_the_sandbox() -> None:
    assert environment(PRODUCTION).masters == "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH"  # AWS documentation, “Qualification types”
    assert environment(SANDBOX).masters == "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"
