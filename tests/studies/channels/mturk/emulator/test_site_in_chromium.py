"""The worker's site in a browser: what the frame may and may not, and that everybody can use the pages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from studies.channels.mturk.emulator import Emulator
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.test_accessibility import assert_accessible
from tests.studies.channels.mturk.emulator.requester import Client, external, html, publish, submitted

FORM = """<!DOCTYPE html><html lang="en"><title>Which?</title><h1>Which fits?</h1>
<form method="post"><input type="hidden" name="assignmentId">
<label><input type="radio" name="choice" value="2"> The second</label> <button>Submit</button></form>
<script>
  const given = new URLSearchParams(location.search), form = document.forms[0];
  form.action = given.get("turkSubmitTo") + "/mturk/externalSubmit";
  form.elements.assignmentId.value = given.get("assignmentId");
</script></html>"""
ESCAPE = """<!DOCTYPE html><html lang="en"><title>Away</title><a href="/" target="_top">Away</a>
<p id="seen"></p><script>
  try { seen.textContent = "read " + parent.document.title; } catch (error) { seen.textContent = error.name; }
</script></html>"""
COOKIES = ("lax=1; Path=/; SameSite=Lax", "none=1; Path=/; SameSite=None; Secure")


@pytest.fixture
def page(open_page: OpenPage, mturk_emulator: Emulator) -> Page:
    """A browser in which the worker A1 has signed in."""
    page = open_page()
    sign_in(page, mturk_emulator)
    return page


def sign_in(page: Page, emulator: Emulator) -> None:
    page.goto(emulator.url)
    page.get_by_label("Worker ID").fill("A1")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="HITs")).to_be_visible()


def test_a_submitted_hit_leads_to_the_next(client: Client, page: Page) -> None:
    first, second = (publish(client, Title=title, Question=html(FORM)) for title in ("One", "Two"))
    page.reload()
    page.get_by_role("button", name="Accept: One").click()
    frame = page.frame_locator("iframe")
    frame.get_by_label("The second").check()
    frame.get_by_role("button", name="Submit").click()
    page.wait_for_url(f"**/hits/{second}")
    (assignment,) = client.list_assignments_for_hit(HITId=first)["Assignments"]
    assert "<QuestionIdentifier>choice</QuestionIdentifier><FreeText>2</FreeText>" in assignment["Answer"]


def test_without_javascript_a_link_leads_to_the_next(client: Client, mturk_emulator: Emulator, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, mturk_emulator)
    hit_id = publish(client, Title="One", Question=html("<p>Nothing to do.</p>"))
    page.reload()
    page.get_by_role("link", name="Preview: One").click()
    page.get_by_role("button", name="Accept").click()
    expect(page.frame_locator("iframe").get_by_text("Nothing to do.")).to_be_visible()
    assignment_id = page.url.rpartition("/")[2]
    page.request.post(f"{mturk_emulator.url}/mturk/externalSubmit", form={"assignmentId": assignment_id, "answer": "1"})
    second = publish(client, Title="Two")
    page.get_by_role("link", name="Next HIT").click()
    page.wait_for_url(f"**/hits/{second}")
    assert client.get_hit(HITId=hit_id)["HIT"]["HITStatus"] == "Reviewable"


def test_the_frame_can_neither_lead_the_page_away_nor_look_into_it(client: Client, page: Page) -> None:
    hit_id = publish(client, Title="One", Question=html(ESCAPE))
    page.reload()
    page.get_by_role("link", name="Preview: One").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("#seen")).to_have_text("SecurityError")
    with page.expect_console_message(lambda message: "sandboxed" in message.text):
        frame.get_by_role("link", name="Away").click()
    assert page.url.endswith(f"/hits/{hit_id}")


@dataclass
class Elsewhere:
    """A site of a requester, on 127.0.0.1, that gives cookies to everybody. cookies: what it got back, at each visit."""

    address: str = ""
    cookies: list[str] = field(default_factory=list)


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    site = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/favicon.ico":  # which browsers ask for by themselves: no visit
                self.send_error(404)
                return
            site.cookies.append(self.headers.get("Cookie", ""))
            self.send_response(200)
            for cookie in COOKIES:
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<a href='/visit-{len(site.cookies)}'>Visit {len(site.cookies)}</a>".encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site.address = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def test_a_page_in_the_frame_never_gets_its_cookies_back(client: Client, page: Page) -> None:
    with elsewhere() as site:
        publish(client, Title="One", Question=external(site.address))
        page.reload()
        page.get_by_role("button", name="Accept: One").click()
        frame = page.frame_locator("iframe")
        frame.get_by_role("link", name="Visit 1").click()
        expect(frame.get_by_role("link", name="Visit 2")).to_be_visible()
        assert site.cookies == ["", ""]
        page.goto(site.address)
        page.reload()
        assert "lax=1" in site.cookies[-1]  # outside of the frame it does


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop, light"),
        pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone, dark"),
    ],
)
def test_axe_finds_nothing_on_any_page(
    client: Client, mturk_emulator: Emulator, open_page: OpenPage, options: dict[str, object]
) -> None:
    page = open_page(**options)
    page.goto(mturk_emulator.url)
    assert_accessible(page)
    sign_in(page, mturk_emulator)
    client.create_qualification_type(Name="Colours", Description="d", QualificationTypeStatus="Active")
    masters = {"QualificationTypeId": "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "Comparator": "Exists"}
    publish(client, Title="Masters", QualificationRequirements=[masters])
    client.approve_assignment(AssignmentId=submitted(mturk_emulator, publish(client), "A1"))
    client.notify_workers(Subject="Part two", MessageText="It is open.", WorkerIds=["A1"])
    hit_id = publish(client, Title="One", MaxAssignments=2, Question=html(FORM))
    assignment_id = mturk_emulator.worker("A1").accept(publish(client, Title="Two", Question=html(FORM))).id
    for path in ("/", f"/hits/{hit_id}", f"/assignments/{assignment_id}", "/worker", "/emulator", "/assignments/3NONE"):
        page.goto(mturk_emulator.url + path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
