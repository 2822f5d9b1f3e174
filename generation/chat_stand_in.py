"""A stand-in for a chat endpoint, to rehearse studies offline: it speaks the protocol and knows the bundled world.

    python -m generation.chat_stand_in --port 8100
    export EVALSITE_CHAT_URL=http://127.0.0.1:8100/v1 EVALSITE_CHAT_MODEL=stand-in

It is no language model. Asked about a prompt of the world, it names as many shapes in other colours and of other kinds; shown
an image, it says what the exact reader of the world sees there. It can be told to fail first, as endpoints do.
"""

import argparse
import base64
import binascii
import hashlib
import io
import json
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import PIL.Image

from generation.bundled.reader import read
from generation.bundled.world import COLORS, SHAPES, SIZE, Entity, NotOfThisWorld, entities_of, prompt_of

HOST, BASE = "127.0.0.1", "/v1"
PATH = f"{BASE}/chat/completions"
MODEL = "stand-in"
UNREADABLE = "abstract shapes"
OF_NOTHING_HERE = "a plain gray wall"
RETRY_AFTER_SECONDS = 1
SLOW_SECONDS = 60.0

LIMITED, BROKEN, SLOW, REFUSAL, EMPTY = "429", "500", "slow", "refusal", "empty"
FAULTS = (LIMITED, BROKEN, SLOW, REFUSAL, EMPTY)


@dataclass
class StandIn:
    """A stand-in that answers: where, which models, with which key, and which faults are still to come, one a request."""

    url: str = ""
    key: str = ""
    models: Sequence[str] = (MODEL,)
    faults: deque[str] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)  # the bodies of all requests
    idempotency_keys: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running(port: int = 0, *, key: str = "", models: Sequence[str] = (MODEL,), faults: Iterable[str] = ()) -> Iterator[StandIn]:
    """A stand-in in threads of this process until the block ends; its url says where. Port 0 is any that is free.

    key: which it asks for; without one, any will do. faults: of FAULTS, for the first requests, in their order.
    """
    stand_in = StandIn(key=key, models=models, faults=deque(faults))
    with _Server((HOST, port), stand_in) as server:
        stand_in.url = f"http://{HOST}:{server.server_port}{BASE}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield stand_in
        finally:
            stand_in.closing.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # its threads end with it: none answers after the block

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        super().__init__(address, _Handler)
        self.stand_in = stand_in


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        stand_in = self.server.stand_in
        if self.path != PATH:
            return self._fail(404, f"There is nothing at {self.path}; ask at {PATH}.")
        if stand_in.key and self.headers.get("Authorization") != f"Bearer {stand_in.key}":
            return self._fail(401, f"Incorrect API key provided: {self.headers.get('Authorization', 'none')}.")
        try:
            request = json.loads(body)
            content = request["messages"][-1]["content"]
        except (ValueError, KeyError, IndexError, TypeError):
            return self._fail(400, "Send JSON with a model and messages.")
        stand_in.asked.append(request)
        stand_in.idempotency_keys.append(self.headers.get("Idempotency-Key", ""))
        if request.get("model") not in stand_in.models:
            return self._fail(404, f"The model {request.get('model')} does not exist; there are {', '.join(stand_in.models)}.")
        return self._answer(content, stand_in.faults.popleft() if stand_in.faults else "")

    def _answer(self, content: Any, fault: str) -> None:
        if fault == LIMITED:
            return self._fail(429, "Rate limit reached.", {"Retry-After": str(RETRY_AFTER_SECONDS)})
        if fault == BROKEN:
            return self._fail(500, "The server had an error.")
        if fault == SLOW:
            self.server.stand_in.closing.wait(SLOW_SECONDS)
        if fault == REFUSAL:
            return self._complete(content, None, {"refusal": "I can't help with that."}, "content_filter")
        return self._complete(content, "" if fault == EMPTY else answer(content), {}, "stop")

    def _complete(self, content: Any, text: str | None, more: dict[str, str], finish: str) -> None:
        """Tokens are words here."""
        prompt, completion = len(_words(content).split()), len((text or "").split())
        message = {"role": "assistant", "content": text, **more}
        usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        self._send(200, {"object": "chat.completion", "choices": [choice], "usage": usage}, {})

    def _fail(self, status: int, words: str, headers: dict[str, str] | None = None) -> None:
        self._send(status, {"error": {"message": words, "type": "error", "code": None}}, headers or {})

    def _send(self, status: int, payload: dict[str, Any], headers: dict[str, str]) -> None:
        body = json.dumps(payload).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: what was asked and answered is in the site's own rows."""


def answer(content: Any) -> str:
    """What the stand-in says to a message's content: a text, or a list of parts, of which an image is looked at."""
    for part in content if isinstance(content, list) else []:
        if part.get("type") == "image_url":
            return seen(part["image_url"]["url"])
    return opposite(_words(content).strip().splitlines()[-1] if _words(content).strip() else "")


def _words(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def opposite(prompt: str) -> str:
    """As many shapes as a prompt of the world names, in colours and of kinds that it does not name; the same every time."""
    try:
        named = entities_of(prompt)
    except NotOfThisWorld:
        return OF_NOTHING_HERE
    turn = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4])
    shapes = [shape for shape in SHAPES if shape not in {entity.shape for entity in named}]
    colors = [color for color in COLORS if color not in {entity.color for entity in named}]
    others = (Entity(shapes[(turn + n) % len(shapes)], colors[(turn + n) % len(colors)]) for n in range(len(named)))
    return prompt_of(tuple(others))


def seen(data_url: str) -> str:
    """What the exact reader sees in an image, given as a data URL: its shapes, or UNREADABLE."""
    try:
        with PIL.Image.open(io.BytesIO(base64.b64decode(data_url.partition("base64,")[2], validate=True))) as image:
            pixels = np.asarray(image.convert("RGB"))
    except (binascii.Error, OSError):
        return UNREADABLE
    entities = read(pixels).entities if pixels.shape == (SIZE, SIZE, 3) else ()
    return prompt_of(entities) if entities else UNREADABLE


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m generation.chat_stand_in", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--key", default="", help="ask for this key (default: any will do)")
    parser.add_argument("--model", action="append", help=f"a name to answer to; may be repeated (default: {MODEL})")
    parser.add_argument("--fail-first", nargs="*", choices=FAULTS, default=[], help="faults of the first requests, in order")
    given = parser.parse_args(arguments)
    with running(given.port, key=given.key, models=given.model or (MODEL,), faults=given.fail_first) as stand_in:
        sys.stdout.write(f"A stand-in for a chat endpoint answers at {stand_in.url} until it is interrupted.\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
