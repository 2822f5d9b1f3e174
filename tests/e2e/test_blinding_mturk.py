"""Nothing that a worker's browser or Mechanical Turk itself receives tells conditions apart but the pixels."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, FrameLocator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting
from studies.channels.mturk.questions_of_hits import image_host, key_of
from studies.channels.mturk.sharing import name_images, upload_images
from studies.channels.mturk.visits import FIELD
from studies.models import Session, Study, Trial
from tests.e2e.conftest import PATIENCE
from tests.e2e.journey import CORRECTNESS, QUALITY
from tests.e2e.test_blinding import Entry, received, secrets_of
from tests.forms_of_pages import forms, images
from tests.studies.a_a import a_a_study
from tests.studies.channels.mturk.postings import QUALIFIED, draft, path_of, published
from tests.studies.channels.mturk.questions.servers import s3
from tests.studies.visiting import BOXES
from tests.world_study import published_study

pytestmark = pytest.mark.django_db(transaction=True)
IMAGE = re.compile(r"/i/[\w-]{16}\.[1-4]\.\d{10}:[\w-]{43}\.png")
HITS = 2
# Headers of an image that depend on its bytes, on the time or on chance alone.
OF_ITS_BYTES = {"content-length", "etag", "x-amz-content-sha256", "last-modified"}
OF_ITS_BYTES_OR_CHANCE = OF_ITS_BYTES | {"x-amzn-requestid", "x-request-id", "date"}


@pytest.fixture
def study() -> Study:
    return published_study(conditions=4)


@pytest.fixture
def emulator(mturk_emulator: Emulator, live_server: LiveServer, settings: Settings) -> Emulator:
    settings.MTURK_ENDPOINT_URL, settings.SITE_URL = mturk_emulator.url, live_server.url.replace("localhost", "127.0.0.1")
    for worker_id in ("A1", "A2"):
        mturk_emulator.worker(worker_id, **QUALIFIED)
    return mturk_emulator


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    with s3() as address:
        yield address


@pytest.fixture
def bucket(s3_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket on this machine, as its owner sees it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings.S3_ENDPOINT_URL = s3_url
    client = boto3.client("s3", region_name="us-east-1", endpoint_url=s3_url)
    client.create_bucket(Bucket="pictures")
    return client


def page_of_its_own(study: Study, **fields: Any) -> Posting:
    return draft(study, form=Posting.Form.HTML, bucket="pictures", comparisons_per_hit=3, **fields)


# What a browser receives


def recorded(browser: Browser, emulator: Emulator, folder: Path, work: Any) -> list[Entry]:
    """Every request and response of a worker who does HITs, in HAR entries."""
    har = folder / "work.har"
    context = browser.new_context(record_har_path=har, record_har_content="embed")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(emulator.url)
    page.get_by_label("Worker ID").fill("A1")
    page.get_by_role("button", name="Sign in").click()
    work(page)
    context.close()
    entries: list[Entry] = json.loads(har.read_text())["log"]["entries"]
    return entries


def accept(page: Page) -> FrameLocator:
    page.get_by_role("button", name="Accept").first.click()
    return page.frame_locator("iframe")


def agree(frame: FrameLocator) -> None:
    expect(frame.get_by_role("button", name="Start")).to_be_visible()  # and the boxes above it
    for box in frame.get_by_role("checkbox").all():
        box.check()
    frame.get_by_role("button", name="Start").click()


def vote(frame: FrameLocator) -> None:
    for question, choice in ((CORRECTNESS, "Image 1"), (QUALITY, "No clear winner")):
        frame.get_by_role("group", name=question).get_by_role("radio", name=choice).check()
    for image in frame.locator(".images img").all():
        expect(image).to_have_js_property("complete", True)
    frame.get_by_role("button", name=re.compile("Next|Finish")).click()


def in_the_frame(page: Page) -> None:
    for number in range(HITS):
        page.goto(page.url.partition("/assignments/")[0])
        frame = accept(page)
        if number == 0:
            agree(frame)
        vote(frame)
        expect(page).not_to_have_url(re.compile("/assignments/"))


def on_the_page(page: Page) -> None:
    frame = accept(page)
    agree(frame)
    for number in (1, 2, 3):
        expect(frame.get_by_text(f"{number} of 3")).to_be_visible()
        vote(frame)
    frame.get_by_role("button", name="Send the answers").click()
    expect(page).not_to_have_url(re.compile("/assignments/"))


def found_in(told: set[str], texts: list[str]) -> list[str]:
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(secret)}(?!\w)" for secret in told), re.IGNORECASE)
    return [match[0] for text in texts for match in pattern.finditer(text)]


def headers_of(entries: list[Entry]) -> set[frozenset[tuple[str, str]]]:
    """Of images, without what tells them apart by their pixels."""
    return {
        frozenset(
            (header["name"].lower(), header["value"])
            for header in entry["response"]["headers"]
            if header["name"].lower() not in OF_ITS_BYTES_OR_CHANCE
        )
        for entry in entries
    }


def handed_in(entries: list[Entry]) -> list[dict[str, str]]:
    """The fields of every form that was handed in at Mechanical Turk."""
    sent = [entry["request"] for entry in entries if entry["request"]["url"].endswith("/mturk/externalSubmit")]
    return [dict(parse_qsl(request["postData"]["text"])) for request in sent if request["method"] == "POST"]


def test_the_frame_names_and_numbers_no_condition(browser: Browser, emulator: Emulator, study: Study, tmp_path: Path) -> None:
    published(draft(study))
    entries = recorded(browser, emulator, tmp_path, in_the_frame)
    assert found_in(secrets_of(study), [received(entry) for entry in entries]) == []
    shown = [entry for entry in entries if "/i/" in entry["request"]["url"]]
    assert len(shown) == 4 * HITS
    assert all(IMAGE.fullmatch(urlsplit(entry["request"]["url"]).path) for entry in shown)
    assert len(headers_of(shown)) == 1
    tokens = {tuple(parse_qsl(urlsplit(entry["request"]["url"]).query)) for entry in shown}
    assert len(tokens) == HITS  # one of each assignment, for all its images alike
    assert [set(fields) for fields in handed_in(entries)] == [{"assignmentId", "session"}] * HITS
    assert {fields["session"] for fields in handed_in(entries)} == set(Session.objects.values_list("token", flat=True))


def test_a_page_of_its_own_names_and_numbers_no_condition(
    browser: Browser,
    emulator: Emulator,
    study: Study,
    bucket: Any,  # noqa: ARG001 (where images go)
    tmp_path: Path,
) -> None:
    posting = published(page_of_its_own(study))
    entries = recorded(browser, emulator, tmp_path, on_the_page)
    assert found_in(secrets_of(study), [received(entry) for entry in entries]) == []
    shown = [entry for entry in entries if "/pictures/" in entry["request"]["url"]]
    names = [urlsplit(entry["request"]["url"]).path for entry in shown]
    assert len(set(names)) == 12
    assert all(re.fullmatch(rf"/pictures/{posting.token}/[0-9a-f]{{32}}\.png", name) for name in names)
    assert len(headers_of(shown)) == 1
    (fields,) = handed_in(entries)
    keys = {key_of(comparison) for comparison in study.comparisons.all()}
    assert set(fields) - {"assignmentId", "comment"} == {
        f"{key}.{name}" for key in keys for name in ("correctness", "quality", "seconds")
    }
    assert {fields[f"{key}.correctness"] for key in keys} == {"1"}
    assert {fields[f"{key}.quality"] for key in keys} == {"0"}


# What Mechanical Turk and the bucket hold


@pytest.mark.parametrize("form", [Posting.Form.EXTERNAL, Posting.Form.HTML])
def test_mechanical_turk_is_told_the_same_of_all_hits_but_a_random_token(
    emulator: Emulator,
    study: Study,
    bucket: Any,  # noqa: ARG001 (where images go)
    form: str,
) -> None:
    posting = published(draft(study, form=form, bucket="pictures"))
    hits = list(emulator.market.hits.values())
    assert len(hits) == 3
    assert len({(hit.type.title, hit.type.description, hit.type.keywords, hit.type.id) for hit in hits}) == 1
    assert {hit.annotation for hit in hits} == set(posting.hits.values_list("token", flat=True))
    assert all(re.fullmatch(r"[\w-]{16}", str(hit.annotation)) for hit in hits)
    told = [f"{hit.type.title} {hit.type.description} {hit.type.keywords} {hit.annotation} {hit.question}" for hit in hits]
    assert found_in(secrets_of(study), told) == []


def test_the_bucket_tells_nothing_of_its_images(study: Study, emulator: Emulator, bucket: Any) -> None:  # noqa: ARG001
    posting = page_of_its_own(study)
    name_images(posting, list(study.comparisons.all()))
    upload_images(posting, timezone.now())
    names = [item["Key"] for item in bucket.list_objects_v2(Bucket="pictures", Prefix=posting.token)["Contents"]]
    heads = [bucket.head_object(Bucket="pictures", Key=name) for name in names]
    assert len(names) == 12
    assert {(head["ContentType"], str(head["Metadata"])) for head in heads} == {("image/png", "{}")}
    headers = [frozenset(head["ResponseMetadata"]["HTTPHeaders"].items()) for head in heads]
    assert len({frozenset(pair for pair in one if pair[0] not in OF_ITS_BYTES_OR_CHANCE) for one in headers}) == 1
    links = [image_host(posting).link(shared.key, 3600) for shared in posting.shared_images.all()]
    assert len({len(link) for link in links}) == 1


def test_images_are_uploaded_in_the_order_of_their_rows(study: Study, emulator: Emulator, bucket: Any) -> None:  # noqa: ARG001
    posting = page_of_its_own(study)
    name_images(posting, list(study.comparisons.all()))
    in_order = list(posting.shared_images.order_by("pk").values_list("pk", flat=True))
    there: list[int] = []
    for _ in in_order:
        upload_images(posting, timezone.now(), at_most=1)
        there += posting.shared_images.exclude(uploaded_at=None).exclude(pk__in=there).values_list("pk", flat=True)
    assert there == in_order


# Two conditions of the same pixels


def without_chance(text: str, trial: Trial) -> str:
    """A page or headers of the frame without addresses, tokens and prompt: what is left depends on nothing."""
    plain = IMAGE.sub("image", html.unescape(text)).replace(trial.comparison.prompt.text, "prompt")
    return re.sub(r"(?<=[/=\">])[\w-]{14,}[\w:%-]*", "*", plain)


def test_two_conditions_of_the_same_pixels_are_alike_in_the_frame(
    client: Client, mturk_emulator: Emulator, settings: Settings
) -> None:
    settings.MTURK_ENDPOINT_URL = mturk_emulator.url
    posting = published(draft(a_a_study(prompts=8, votes_wanted=2)))
    pages, positions = set(), Counter[tuple[int, int]]()
    for hit in posting.hits.all():
        for worker_id in ("A1", "A2"):
            accepted = mturk_emulator.worker(worker_id, **QUALIFIED).accept(hit.hit_id)
            trial, page = first_trial(client, path_of(accepted), accepted.id)
            pages.add((worker_id, without_chance(page, trial)))
            positions.update((condition, position) for position, condition in enumerate(trial.shown))
            sent = [client.get(address) for address in images(page)]
            told = [frozenset(pair for pair in image.headers.items() if pair[0] != "X-Request-ID") for image in sent]  # random
            assert len({(image.getvalue(), headers) for image, headers in zip(sent, told, strict=True)}) == 1
    assert len(pages) == 2  # one for each worker, whose id Mechanical Turk puts into the address
    assert list(positions.values()) == [8] * 4  # each condition at each position


def first_trial(client: Client, path: str, assignment_id: str) -> tuple[Trial, str]:
    """The trial of an assignment, and its page."""
    client.post(path, {**BOXES, FIELD: forms(client.get(path).content.decode())[0].hidden[FIELD]})
    page = client.get(path).content.decode()
    return Trial.objects.select_related("comparison__prompt").get(session__visit=assignment_id), page
