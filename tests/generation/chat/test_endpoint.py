"""One call, against a server that says whatever a test wants; the stand-in is tested beside."""

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from generation.chat.endpoint import ChatFailed, Endpoint, Passing, Reply
from generation.chat_stand_in import SLOW, running

KEY = "sk-geheim-0123456789"


class Server(HTTPServer):
    status: int
    answer: bytes
    headers: dict[str, str]
    received: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received = {"path": self.path, **self.headers}
        self.send_response(self.server.status)
        for name, value in {"Content-Length": str(len(self.server.answer)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_arguments: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def endpoint(server: Server, timeout: float = 5) -> Endpoint:
    return Endpoint(url=f"http://127.0.0.1:{server.server_port}/v1", key=KEY, timeout=timeout)


def post(server: Server, payload: Any, status: int = 200, **headers: str) -> Reply:
    server.answer = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    server.status, server.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}
    return endpoint(server).post({"model": "gpt"}, "the-same-key")


def completion(content: Any, finish: str = "stop", **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    return {"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}


def test_a_completion_is_read_onto_one_line_with_its_tokens(server: Server) -> None:
    assert post(server, completion(" a cold\n night ")) == Reply(text="a cold night", prompt_tokens=7, completion_tokens=3)
    assert post(server, completion([{"type": "text", "text": "a night"}])).text == "a night"


def test_the_question_carries_the_key_and_the_idempotency_key(server: Server) -> None:
    post(server, completion("yes"))
    assert server.received["path"] == "/v1/chat/completions"
    assert server.received["Authorization"] == f"Bearer {KEY}"
    assert server.received["Idempotency-Key"] == "the-same-key"


def test_an_endpoint_that_counts_no_tokens_is_read_too(server: Server) -> None:
    assert post(server, {**completion("yes"), "usage": None}) == Reply(text="yes")
    assert post(server, {**completion("yes"), "usage": {"prompt_tokens": "many"}}) == Reply(text="yes")


@pytest.mark.parametrize(
    ("answer", "text", "reason"),
    [
        (completion("", "stop"), "", "empty"),
        (completion(None, "content_filter"), "", "content filter"),
        (completion("half of", "content_filter"), "", "content filter"),
        (completion(None, refusal="I can't."), "", r"The model refused: I can't\."),
        (completion("cut of", "length"), "cut of", "EVALSITE_CHAT_MAX_TOKENS"),
        (completion(None, "length"), "", "EVALSITE_CHAT_MAX_TOKENS"),
    ],
)
def test_an_answer_that_is_none_or_not_whole_says_why(server: Server, answer: dict[str, Any], text: str, reason: str) -> None:
    reply = post(server, answer)
    assert reply.text == text
    assert pytest.approx(7) == reply.prompt_tokens
    with pytest.raises(ValueError, match=reason):
        raise ValueError(reply.reason)


@pytest.mark.parametrize("code", ["content_filter", "content_policy_violation"])
def test_a_filter_before_the_model_is_a_refusal(server: Server, code: str) -> None:
    reply = post(server, {"error": {"code": code, "message": "Not this."}}, status=400)
    assert reply == Reply(text="", reason="Refused by the endpoint's filter: Not this.")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_faults_that_may_pass_are_told_from_others(server: Server, status: int) -> None:
    with pytest.raises(Passing, match=f"answered {status}: Busy") as raised:
        post(server, {"error": {"message": "Busy."}}, status=status)
    assert raised.value.seconds == 0


def test_retry_after_is_seconds_or_a_date(server: Server) -> None:
    with pytest.raises(Passing) as raised:
        post(server, {}, status=429, Retry_After="17")
    assert raised.value.seconds == 17
    with pytest.raises(Passing) as raised:
        post(server, {}, status=503, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))
    assert 80 < raised.value.seconds <= 90
    with pytest.raises(Passing) as raised:
        post(server, {}, status=503, Retry_After="soon")
    assert raised.value.seconds == 0


@pytest.mark.parametrize(
    ("status", "payload", "advice"),
    [
        (401, {"error": {"message": "No."}}, "Set EVALSITE_CHAT_KEY"),
        (403, {"error": "No."}, "Set EVALSITE_CHAT_KEY"),
        (404, {"error": {"message": "No such model."}}, r"No such model.*Check EVALSITE_CHAT_URL.*EVALSITE_CHAT_MODEL"),
        (404, b"<html>not here</html>", "Check EVALSITE_CHAT_URL"),
        (301, b"", "Set EVALSITE_CHAT_URL to the address itself"),
        (429, {"error": {"message": "No.", "code": "insufficient_quota"}}, "no credit left"),
        (400, {"message": "Use max_completion_tokens."}, r"Use max_completion_tokens.*EVALSITE_CHAT_MAX_TOKENS"),
        (200, b"<html>welcome</html>", "Check EVALSITE_CHAT_URL"),
        (200, {"choices": []}, "Check EVALSITE_CHAT_URL"),
        (200, {"choices": [{"message": "yes"}]}, "Check EVALSITE_CHAT_URL"),
    ],
)
def test_other_faults_say_what_to_change(server: Server, status: int, payload: Any, advice: str) -> None:
    with pytest.raises(ChatFailed, match=advice):
        post(server, payload, status=status)


def test_nobody_there_and_nobody_answering_may_pass() -> None:
    with running(faults=[SLOW]) as stand_in:
        slow = Endpoint(url=stand_in.url, key=KEY, timeout=0.05)
        with pytest.raises(Passing, match=r"did not answer within 0\.05 seconds"):
            slow.post({"model": "stand-in", "messages": [{"content": "a ring"}]}, "")
    with pytest.raises(Passing, match="cannot be reached"):
        slow.post({}, "")


@pytest.mark.parametrize("status", [401, 429, 400])
def test_the_key_is_in_no_message_and_no_log(server: Server, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises((ChatFailed, Passing)) as raised:
        post(server, {"error": {"message": f"Incorrect API key provided: Bearer {KEY}."}}, status=status)
    told = [*traceback.format_exception(raised.value), caplog.text, str(caplog.records), repr(endpoint(server))]
    assert "Incorrect API key provided: Bearer …" in "".join(told)
    assert KEY not in "".join(told)


def test_the_key_is_in_no_message_of_a_server_that_is_not_there(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Passing) as raised:
        Endpoint(url="http://127.0.0.1:1/v1", key=KEY, timeout=1).post({}, "")
    assert KEY not in "".join([*traceback.format_exception(raised.value), caplog.text, str(raised.value.__context__)])
