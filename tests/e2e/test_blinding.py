"""Nothing that a worker's browser receives names or numbers a condition: everything is recorded and searched."""

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from studies.models import ComparisonImage, Study, StudyCondition
from tests.e2e.conftest import PATIENCE
from tests.e2e.journey import start, vote_to_the_end
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)
Entry = dict[str, Any]
SIGNED = re.compile(r"(?<=/i/)[\w.:-]+(?=\.png)")


@pytest.fixture
def study() -> Study:
    return published_study(conditions=4)


@pytest.fixture
def recorded(browser: Browser, live_server: LiveServer, study: Study, tmp_path: Path) -> list[Entry]:
    """Every request and response of a whole session, in HAR entries."""
    har = tmp_path / "session.har"
    context = browser.new_context(record_har_path=har, record_har_content="embed")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    start(page, live_server.url + study.link_path)
    vote_to_the_end(page, trials=3)
    context.close()
    entries: list[Entry] = json.loads(har.read_text())["log"]["entries"]
    return entries


def received(entry: Entry) -> str:
    """The address, headers and body of a response, as text, but for what is random in addresses of images."""
    content = entry["response"]["content"]
    body = content.get("text", "")
    if content.get("encoding") == "base64":
        body = base64.b64decode(body).decode("latin-1")
    headers = [f"{header['name']}: {header['value']}" for header in entry["response"]["headers"]]
    return SIGNED.sub("", "\n".join([entry["request"]["url"], *headers, body]))


def secrets_of(study: Study) -> set[str]:
    """Names, settings, fingerprints, numbers and files of the study's conditions."""
    told = {study.name, "cfg"}
    for row in StudyCondition.objects.select_related("condition"):
        condition = row.condition
        told |= {row.printed_name, str(row.pk), str(condition.pk), condition.fingerprint, condition.fingerprint[:8]}
        told |= {f"{value:g}" if isinstance(value, float) else str(value) for value in condition.settings.values()} - {""}
    for image in ComparisonImage.objects.select_related("source"):
        told |= {Path(image.file.path).stem, Path(image.source.file.path).stem}
    return told


def test_the_whole_session_was_recorded(recorded: list[Entry]) -> None:
    kinds = [urlsplit(entry["request"]["url"]).path.split("/")[1] for entry in recorded]
    assert {kind: kinds.count(kind) for kind in ("s", "t", "i", "e")} == {"s": 2, "t": 6, "i": 12, "e": 1}


def test_no_address_header_or_body_names_or_numbers_a_condition(recorded: list[Entry], study: Study) -> None:
    told = secrets_of(study)
    assert len(told) > 4 * 6
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(secret)}(?!\w)" for secret in told), re.IGNORECASE)
    found = [(entry["request"]["url"], match[0]) for entry in recorded for match in pattern.finditer(received(entry))]
    assert found == []


def test_image_addresses_are_a_random_token_a_position_a_time_and_a_signature(recorded: list[Entry]) -> None:
    paths = [urlsplit(entry["request"]["url"]).path for entry in recorded]
    images = [path for path in paths if path.startswith("/i/")]
    assert all(re.fullmatch(r"/i/[\w-]{16}\.[1-4]\.\d{10}:[\w-]{43}\.png", path) for path in images)


def test_images_differ_in_no_header_but_their_length(recorded: list[Entry]) -> None:
    ignored = {"date", "content-length", "x-request-id"}  # the last is random
    seen = {
        frozenset(
            (header["name"].lower(), header["value"])
            for header in entry["response"]["headers"]
            if header["name"].lower() not in ignored
        )
        for entry in recorded
        if "/i/" in entry["request"]["url"]
    }
    assert len(seen) == 1


def test_forms_send_positions_and_the_time_on_the_page_alone(recorded: list[Entry]) -> None:
    requests = [entry["request"] for entry in recorded if "/t/" in entry["request"]["url"]]
    posted = [request["postData"]["text"] for request in requests if request["method"] == "POST"]
    sent = {field for text in posted for field in parse_qsl(text) if field[0] != "csrfmiddlewaretoken"}
    times = {field for field in sent if field[0] == "visible"}
    assert all(re.fullmatch(r"\d+(\.\d+)?", seconds) for _, seconds in times)
    assert sent - times == {("vote-correctness", "1"), ("vote-quality", "0")}


def test_nothing_is_asked_of_another_site(recorded: list[Entry], live_server: LiveServer) -> None:
    assert {urlsplit(entry["request"]["url"]).netloc for entry in recorded} == {urlsplit(live_server.url).netloc}
