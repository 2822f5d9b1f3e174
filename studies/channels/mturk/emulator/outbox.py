"""Notifications on their way: SNS-shaped messages, sent in order by a thread of their own, unless faults are ordered."""

import json
import queue
import threading
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from generation.trusted import trusted
from studies.channels.mturk.emulator.faults import DUPLICATE, LOSE, REORDER, Faults
from studies.errors import StudyError

PATIENCE_SECONDS = 10.0


class NoAddress(StudyError):
    """A subscription to nowhere."""


@dataclass(frozen=True)
class Notice:
    """One message for one subscriber."""

    topic: str
    address: str
    body: str
    id: str


class Outbox:
    """Who has subscribed to what, and a thread that sends."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._addresses: dict[str, list[str]] = defaultdict(list)
        self._waiting: queue.Queue[Notice | None] = queue.Queue()
        self._kept_back: list[Notice] = []
        self._thread = threading.Thread(target=self._send_all, name="mturk-emulator-notifications")
        self.delivered: list[Notice] = []
        self.undelivered: list[tuple[Notice, str]] = []  # with what went wrong, for the requester's corner

    def subscribe(self, topic: str, address: str) -> None:
        """Send what is published to a topic (or queue) there, by POST. Raises NoAddress."""
        if urlsplit(address).scheme not in ("http", "https"):
            raise NoAddress(f"Notifications go to an http or https address; “{address}” is none.")
        self._addresses[topic].append(address)

    def publish(self, topic: str, document: dict[str, Any], at: datetime) -> None:
        """Queue an event document for everyone who subscribed to the topic, faults and all."""
        for address in self._addresses[topic]:
            self._queue(_notice(topic, address, document, at))

    def _queue(self, notice: Notice) -> None:
        if self._faults.happens(LOSE):
            return
        if self._faults.happens(REORDER):
            self._kept_back.append(notice)
            return
        copies = 2 if self._faults.happens(DUPLICATE) else 1
        for one in [notice] * copies + self._kept_back:
            self._waiting.put(one)
        self._kept_back = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send what waits, and end."""
        self.wait()
        self._waiting.put(None)
        self._thread.join()

    def wait(self) -> None:
        """Until everything queued was sent, or failed; what reordering kept back goes last."""
        for notice in self._kept_back:
            self._waiting.put(notice)
        self._kept_back = []
        self._waiting.join()

    def _send_all(self) -> None:
        with httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False, verify=trusted()) as client:
            while notice := self._waiting.get():
                self._send(client, notice)
                self._waiting.task_done()
            self._waiting.task_done()

    def _send(self, client: httpx.Client, notice: Notice) -> None:
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",  # as SNS says, of JSON
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": notice.id,
            "x-amz-sns-topic-arn": notice.topic,
        }
        try:
            client.post(notice.address, content=notice.body, headers=headers).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.undelivered.append((notice, f"{type(error).__name__}: {error}"))
        else:
            self.delivered.append(notice)


def _notice(topic: str, address: str, document: dict[str, Any], at: datetime) -> Notice:
    message_id = str(uuid.uuid4())
    body = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic,
        "Message": json.dumps(document),
        "Timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return Notice(topic, address, json.dumps(body), message_id)
