"""What an attacker tries at the channels' pages: other people's tokens and ids, garbage, and pages framed by other sites."""

import html
import json
import re
import runpy
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from pytest_django import Settings

from studies.channels.mturk.hits_to_make import groups_of, reserve_places
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.notifying import address_for
from studies.channels.mturk.visits import FIELD, Visit
from studies.channels.panel.addresses import FaultyAddress, check
from studies.models import Link, Place, Session, Study, Trial, Vote, Worker
from tests.evalsite.test_policy import policy_of
from tests.factories_studies import published_study
from tests.forms_of_pages import forms, images
from tests.studies.channels.mturk.postings import draft
from tests.studies.channels.panel.panels import address, panel_link
from tests.studies.channels.prolific.rows import planned
from tests.studies.visiting import BOXES, agree, every_page, image_address

pytestmark = pytest.mark.django_db
PRODUCTION, SANDBOX = "https://www.mturk.com", "https://workersandbox.mturk.com"
ROOT = Path(__file__).parents[3]
FRAMING = f"https://worker.mturk.com {PRODUCTION} {SANDBOX}"


@pytest.fixture
def hit(study: Study) -> Hit:
    return posted(study)


def posted(study: Study, **fields: Any) -> Hit:
    """The first HIT of a posting in production, of which Amazon is told nothing here."""
    posting = draft(study, **{"environment_name": "production", "state": Posting.State.CONFIRMED, **fields})
    groups = groups_of(posting)
    reserve_places(posting, groups)
    for number, group in enumerate(groups, start=1):
        made = Hit.objects.create(posting=posting, number=number, max_assignments=2, hit_id=f"H{posting.pk}-{number}")
        made.comparisons.set(group)
    return posting.hits.get(number=1)


def framed(hit: Hit, worker: str = "A1", assignment: str = "S1", submit_to: str = PRODUCTION, **more: str) -> str:
    """What Mechanical Turk's frame asks for."""
    asked = {"assignmentId": assignment, "hitId": hit.hit_id, "workerId": worker, "turkSubmitTo": submit_to, **more}
    return f"{reverse('mturk_hit', args=[hit.token])}?{urlencode(asked)}"


def token_on(page: Any) -> str:
    return forms(page.content.decode())[0].hidden[FIELD]


def start(client: Client, hit: Hit, worker: str = "A1", assignment: str = "S1") -> Any:
    """The first trial's page."""
    path = framed(hit, worker, assignment)
    return client.post(path, {**BOXES, FIELD: token_on(client.get(path))}, follow=True)


def rows() -> tuple[int, ...]:
    """How much there is of everything that a visit could make."""
    models = (Worker, Session, Trial, Vote)
    return (*(model.objects.count() for model in models), Place.objects.filter(free=False).count(), Place.objects.count())


# Pages of the frame: where they may be shown, and what they carry


def answers_of_the_frame(client: Client, hit: Hit) -> dict[str, Any]:
    """One answer of every kind."""
    path, bare = framed(hit), reverse("mturk_hit", args=[hit.token])
    answers = {
        "preview": client.get(bare),
        "welcome": client.get(path),
        "nothing ticked": client.post(path, {FIELD: token_on(client.get(path))}),
        "bad address": client.get(framed(hit, submit_to="https://evil.example")),
        "no token": client.post(path, BOXES),
        "unknown": client.get("/m/nothing/"),
        "another method": client.delete(path),
    }
    trial = start(client, hit)
    answers |= {"redirect": client.get(path), "trial": trial}
    Session.objects.update(state=Session.State.ABANDONED)
    answers["over"] = client.get(path)
    Study.objects.update(state=Study.State.CLOSED)
    answers["closed"] = client.post(framed(hit, "A2", "S2"), {**BOXES, FIELD: Visit("A2", "S2", hit.token).token})
    return answers


def test_every_answer_of_the_frame_may_be_framed_by_mechanical_turk_alone(client: Client, hit: Hit) -> None:
    answers = answers_of_the_frame(client, hit)
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {
        "preview": 200,
        "welcome": 200,
        "nothing ticked": 422,
        "bad address": 400,
        "no token": 403,
        "unknown": 404,
        "another method": 405,
        "redirect": 200,
        "trial": 200,
        "over": 410,
        "closed": 410,
    }
    for answer in answers.values():
        policy = policy_of(answer)
        assert (policy["frame-ancestors"], policy["form-action"]) == (FRAMING, f"'self' {FRAMING}")
        assert "X-Frame-Options" not in answer.headers


def test_no_answer_of_the_frame_is_kept_sets_a_cookie_or_tells_its_address(client: Client, hit: Hit) -> None:
    for name, answer in answers_of_the_frame(client, hit).items():
        assert not answer.cookies, name
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer"), name


def test_the_emulator_may_frame_pages_only_where_there_is_one(client: Client, hit: Hit, settings: Settings) -> None:
    settings.MTURK_ENDPOINT_URL = "http://localhost:8900"
    assert policy_of(client.get(framed(hit)))["frame-ancestors"] == f"{FRAMING} http://localhost:8900"


def test_nothing_else_may_be_framed(client: Client, hit: Hit, researcher: Client) -> None:
    image = images(start(client, hit).content.decode())[0]
    study = published_study()
    pages = [client.get(image), client.get("/s/nothing/"), client.get("/panel/nothing/full/"), *every_page(client, study)]
    pages += [client.get(address(panel_link(study), pid="P1", sub="S1")), client.post("/prolific/notified/")]
    pages += [client.post(f"/m/events/{'x' * 20}/"), researcher.get("/admin/"), researcher.get("/admin/nothing/")]
    for page in pages:
        assert policy_of(page)["frame-ancestors"] == "'none'"
        assert page.headers["X-Frame-Options"] == "DENY"


def test_a_hit_of_an_emulator_that_is_gone_is_not_there(client: Client, study: Study) -> None:
    hit = posted(study, environment_name="sandbox")
    Posting.objects.update(environment_name="emulator")
    assert client.get(framed(hit)).status_code == 404


def test_a_hit_that_is_a_page_of_its_own_has_none_here(client: Client, study: Study) -> None:
    hit = posted(study, form=Posting.Form.HTML)
    assert client.get(framed(hit)).status_code == 404


# Who somebody is in the frame


def refused(client: Client, path: str, token: str | None) -> bool:
    """Whether a form with that token is refused, and leaves everything as it was."""
    before = rows()
    response = client.post(path, {**BOXES, **({} if token is None else {FIELD: token})})
    return (response.status_code, rows()) == (403, before)


def test_only_a_token_of_the_worker_the_assignment_and_the_hit_starts_one(client: Client, hit: Hit) -> None:
    other_hit = Hit.objects.exclude(pk=hit.pk)[0]
    other_study = posted(published_study())
    own = Visit("A1", "S1", hit.token)
    for token in (
        None,
        "",
        "x" * 10_000,
        "\x00",
        own.token[:-1],
        Visit("A2", "S1", hit.token).token,
        Visit("A1", "S2", hit.token).token,
        Visit("A1", "S1", other_hit.token).token,
        Visit("A1", "S1", other_study.token).token,
        signing.dumps(["A1", "S1", hit.token], salt="another"),
    ):
        assert refused(client, framed(hit), token), token
    assert refused(client, framed(hit, "A2"), own.token)
    assert refused(client, framed(other_study), own.token)
    assert client.post(framed(hit), {**BOXES, FIELD: own.token}).status_code == 302


def test_a_token_is_good_as_long_as_its_assignment(client: Client, hit: Hit, monkeypatch: pytest.MonkeyPatch) -> None:
    made = int(time.time()) - hit.posting.assignment_seconds - 10 * 60 - 5
    with monkeypatch.context() as patch:
        patch.setattr(signing.TimestampSigner, "timestamp", lambda _: signing.b62_encode(made))
        old = Visit("A1", "S1", hit.token).token
    assert refused(client, framed(hit), old)
    page = client.get(framed(hit, visit=old))
    assert token_on(page) != old
    assert client.post(framed(hit), {**BOXES, FIELD: token_on(page)}).status_code == 302


def test_all_pages_of_an_assignment_have_one_token(client: Client, study: Study) -> None:
    """So that images fetched ahead have the addresses that the next page asks for."""
    hit = posted(study, comparisons_per_hit=2)
    page = start(client, hit).content.decode()
    ahead = html.unescape(re.findall(r'data-preload="([^"]*)"', page)[0]).split()
    for image in images(page):
        client.get(image)
    action = html.unescape(re.findall(r'action="([^"]*)" data-in-place data-vote', page)[0])
    form = forms(page)[0]
    following = client.post(action, form.filled(dict.fromkeys(form.questions, "1")), follow=True)
    assert images(following.content.decode()) == ahead
    assert len(ahead) == 2


def test_an_answer_without_its_token_is_not_counted(client: Client, hit: Hit) -> None:
    page = start(client, hit).content.decode()
    action = html.unescape(re.findall(r'action="([^"]*)" data-in-place data-vote', page)[0])
    answer = dict.fromkeys(forms(page)[0].questions, "1")
    for image in images(page):
        client.get(image)
    for token in ({}, {FIELD: Visit("A2", "S1", hit.token).token}, {FIELD: "x"}):
        assert client.post(action, {**answer, **token}).status_code == 403
    assert not Vote.objects.exists()
    assert client.post(action, {**answer, FIELD: Visit("A1", "S1", hit.token).token}).status_code == 302
    assert Vote.objects.count() == 2


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        SANDBOX,
        "http://www.mturk.com",
        "https://www.mturk.com.",
        "https://www.mturk.com:8443",
        "https://www.mturk.com@evil.example",
        "https://evil.example/https://www.mturk.com",
        "https://www.mturk.com.evil.example",
        "https://www.mturk.com/mturk/externalSubmit",
        "//www.mturk.com",
        "javascript:alert(1)",
        "https://WWW.MTURK.COM\\@evil.example",
    ],
)
def test_answers_are_handed_in_at_the_posting_s_own_mechanical_turk_or_not_asked_for(
    client: Client, hit: Hit, elsewhere: str
) -> None:
    path = framed(hit, submit_to=elsewhere)
    assert client.get(path).status_code == 400
    assert refused(client, path, Visit("A1", "S1", hit.token).token)


@pytest.mark.parametrize("odd", ["", "\x00", "a b", "x" * 65, "x" * 10_000, "ü", "<script>", "S1\n", "../S1", "S1'--"])
def test_ids_that_amazon_does_not_make_are_refused(client: Client, hit: Hit, odd: str) -> None:
    for path in (framed(hit, worker=odd), framed(hit, assignment=odd) if odd else framed(hit, worker="")):
        page = client.get(path)
        assert page.status_code == 400
        assert "<script>" not in page.content.decode()


def test_looking_changes_nothing_but_when_a_trial_was_first_shown(client: Client, hit: Hit) -> None:
    before = rows()
    for path in (reverse("mturk_hit", args=[hit.token]), framed(hit), framed(hit, "A2", "S2")):
        client.get(path)
        client.head(path)
    assert rows() == before
    start(client, hit)
    before, shown = rows(), list(Trial.objects.values())
    client.get(framed(hit))
    client.get(framed(hit, trial=shown[0]["token"], report="1", visit="x"))
    assert (rows(), list(Trial.objects.values())) == (before, shown)


def test_images_are_for_the_worker_of_the_token_alone(client: Client, hit: Hit) -> None:
    shown = images(start(client, hit).content.decode())[0]
    assert client.get(shown).status_code == 200
    bare = shown.partition("?")[0]
    for token in ("", "x", Visit("A2", "S1", hit.token).token):
        assert Client().get(bare, {"visit": token}).status_code == 404
    sent = client.get(shown)
    assert (sent.headers["Cache-Control"], dict(sent.cookies)) == ("no-store", {})
    assert not {"ETag", "Last-Modified"} & set(sent.headers)


def test_a_network_that_makes_up_workers_is_stopped(client: Client, hit: Hit, settings: Settings) -> None:
    settings.SESSIONS_PER_HOUR = 2
    statuses = [start(client, hit, f"A{number}", f"S{number}").status_code for number in range(3)]
    assert statuses == [200, 200, 429]
    assert Worker.objects.count() == 2
    other_hit = Hit.objects.exclude(pk=hit.pk)[0]
    assert start(client, other_hit, "A1", "S9").status_code == 200  # who is known may go on with the next HIT


# What tells us that something happened


SNS = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription"


def message(*hit_ids: Any) -> str:
    return json.dumps({"Type": "Notification", "Message": json.dumps({"Events": [{"HITId": one} for one in hit_ids]})})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "\x00",
        "{" * 5000,
        '{"a":' * 100_000,
        "[" * 200_000,
        "9" * 200_000,
        json.dumps({"Message": "[" * 100_000}),
        json.dumps({"Message": ["no", "text"]}),
        json.dumps({"Message": '{"Events": 7}'}),
        json.dumps({"Message": '{"Events": [7, null, {"HITId": {}}]}'}),
        message("\x00", "\ud800", "x" * 100_000, 7, None, {}),
        message(*(f"{number:030}" for number in range(3000))),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": SNS + "\ud800"}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": SNS + "x" * 5000}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://evil.s3.amazonaws.com/"}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns.us-east-1.amazonaws.com@evil.example/"}),
        json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": SNS.replace("https", "javascript")}),
    ],
    ids=lambda body: body[:30],
)
def test_a_notification_of_garbage_changes_nothing(client: Client, hit: Hit, body: str) -> None:
    before = (list(Hit.objects.values()), list(Posting.objects.values()))
    path = urlsplit(address_for(hit.posting)).path
    assert client.post(path, body, content_type="text/plain").status_code == 204
    assert (list(Hit.objects.values()), list(Posting.objects.values())) == before


def test_a_notification_too_large_to_read_is_refused(client: Client, hit: Hit) -> None:
    path = urlsplit(address_for(hit.posting)).path
    assert client.post(path, "x" * 3_000_000, content_type="text/plain").status_code == 400


def test_only_addresses_made_here_take_notifications(client: Client, hit: Hit) -> None:
    path = urlsplit(address_for(hit.posting)).path
    for forged in (path[:-2] + "/", path.replace(hit.posting.token, "x"), f"/m/events/{hit.posting.token}/"):
        assert client.post(forged, message(hit.hit_id), content_type="text/plain").status_code == 404
    assert not Hit.objects.exclude(hinted_at=None).exists()
    client.post(path, message(hit.hit_id), content_type="text/plain")
    assert Hit.objects.exclude(hinted_at=None).get() == hit
    assert client.get(path).status_code == 405


# Prolific's and a panel's people


ODD = ["", "\x00", "a\x00b", "x" * 10_000, "a b", "a\r\nSet-Cookie: x=1", "\u202egnp", "\ufdd0", "{id}\n"]
WORDS = [
    "..",
    "//evil.example",
    "@evil.example",
    "\\evil.example",
    "?cc=1",
    "#",
    "javascript:alert(1)",
    "<script>",
    "ü",
    "%2e",
    "'",
]


def prolific_link(study: Study) -> str:
    planned(study)
    return Link.objects.get(study=study, channel="prolific").address


def connect_link(study: Study) -> str:
    return panel_link(study, complete="https://panel.example/{id}/done?visit={visit}").link.address


def brings(link: str, participant: str, visit: str = "S1") -> str:
    """The link as a participant follows it, on Prolific or on the panel."""
    names = {"PROLIFIC_PID": participant, "SESSION_ID": visit, "pid": participant, "sub": visit}
    return f"{urlsplit(link).path}?{urlencode(names)}"


LINKS = pytest.mark.parametrize("link_of", [prolific_link, connect_link])


@LINKS
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd[:8]))
def test_what_is_no_id_is_refused_in_a_sentence(client: Client, study: Study, link_of: Any, odd: str) -> None:
    link = link_of(study)
    for path in (brings(link, odd), brings(link, "P1", odd)):
        for response in (client.get(path), client.post(path, BOXES)):
            assert response.status_code == 400
            assert "Please open" in response.content.decode()
            assert not response.cookies
    assert rows()[:5] == (0, 0, 0, 0, 0)


@LINKS
@pytest.mark.parametrize("word", WORDS)
def test_words_that_mean_something_elsewhere_are_refused_or_only_ids(
    client: Client, study: Study, link_of: Any, word: str
) -> None:
    link = link_of(study)
    for response in (client.get(brings(link, word)), client.post(brings(link, word), BOXES)):
        assert response.status_code in (200, 302, 400)
        assert "<script>" not in response.content.decode()
        assert not urlsplit(response.headers.get("Location", "")).netloc


@pytest.mark.parametrize("word", WORDS)
def test_no_id_leads_to_another_site_than_the_panel_s(client: Client, study: Study, word: str) -> None:
    agree(client, brings(connect_link(study), word))
    Session.objects.update(state=Session.State.DONE)
    out = client.get(reverse("panel_complete", args=[Session.objects.get().token])).headers["Location"]
    assert urlsplit(out)._replace(path="", query="").geturl() == "https://panel.example"
    assert out.endswith(f"/{quote(word, safe='')}/done?visit=S1")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "https://{id}.example", "https://a@evil.example"])
def test_no_panel_leads_out_by_such_an_address(address: str) -> None:
    with pytest.raises(FaultyAddress):
        check(address, {"id"})


def test_a_reason_is_text(client: Client, study: Study) -> None:
    link = panel_link(study, panel="<script>alert(1)</script>")
    page = client.get(urlsplit(link.link.address).path)
    assert page.status_code == 400
    assert "&lt;script&gt;" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_the_cookies_of_participants_are_for_this_site_and_no_script(study: Study, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    for link in (prolific_link(study), connect_link(study), study.link_path):
        browser = Client()
        browser.get(brings(link, "P1"))
        ours = [cookie for name, cookie in browser.cookies.items() if name != "csrftoken"]
        assert {(cookie["httponly"], cookie["secure"], cookie["samesite"]) for cookie in ours} == {(True, True, "Lax")}


@pytest.mark.parametrize("link_of", [prolific_link, connect_link, lambda study: study.link_path])
def test_nobody_gets_at_a_session_by_its_addresses(study: Study, link_of: Any) -> None:
    """Whoever was sent them, or read them in a history; with a session of one's own, too."""
    link = link_of(study)
    agree(Client(), brings(link, "P1"))
    session = Session.objects.get()
    trial = session.trials.order_by("number")[0]
    before = rows(), list(Trial.objects.values()), list(Session.objects.values())
    stranger, other = Client(), Client()
    other.get(brings(link, "P2"))
    for client in (stranger, other):
        for name in ("end", "quiz", "withdraw", "panel_complete", "comment", "undo"):
            path = reverse(name, args=[session.token])
            assert {client.get(path).status_code, client.post(path).status_code} <= {404, 405}, name
        for name in ("trial", "report"):
            path = reverse(name, args=[trial.token])
            assert {client.get(path).status_code, client.post(path).status_code} <= {404, 405}, name
        assert client.get(image_address(trial)).status_code == 404
    assert (rows(), list(Trial.objects.values()), list(Session.objects.values())) == before


def test_a_worker_of_the_frame_is_reached_by_no_address_without_the_token(client: Client, hit: Hit) -> None:
    start(client, hit)
    session, trial = Session.objects.get(), Trial.objects.get()
    for token in ("", Visit("A2", "S2", hit.token).token):
        for name in ("end", "quiz", "withdraw"):
            assert Client().get(reverse(name, args=[session.token]), {"visit": token}).status_code == 404
        assert Client().post(reverse("trial", args=[trial.token]), {"visit": token}).status_code == 404
    assert not Vote.objects.exists()


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "9" * 5000, "٣", "x"])
def test_prolific_s_notifications_need_a_time(client: Client, settings: Settings, timestamp: str) -> None:
    settings.PROLIFIC_WEBHOOK_SECRET = "secret"
    headers = {"X-Prolific-Request-Timestamp": timestamp, "X-Prolific-Request-Signature": "x"}
    assert client.post("/prolific/notified/", "{}", content_type="application/json", headers=headers).status_code == 403


# What logs hold


def test_an_access_log_holds_no_token_of_a_worker_and_no_id_of_a_participant() -> None:
    config = Config()
    for name, value in runpy.run_path(str(ROOT / "gunicorn.conf.py")).items():
        if name in config.settings:
            config.set(name, value)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": "/s/abc/?visit=secret",
        "PATH_INFO": "/s/abc/",
        "QUERY_STRING": "visit=secret",
        "HTTP_REFERER": "https://votes.example.org/m/abc/?visit=secret",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_USER_AGENT": "browser",
    }
    response = SimpleNamespace(status="200 OK", sent=7, headers=[])
    logger = Logger(config)
    atoms = logger.atoms(response, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=3))
    line = config.access_log_format % logger.atoms_wrapper_class(atoms)
    assert re.search(r'"GET /s/abc/ HTTP/1.1" 200 7 3 ms "browser"$', line)
    assert "secret" not in line
