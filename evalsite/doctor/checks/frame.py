"""Headers of the public site: only Mechanical Turk may frame a HIT's page, nobody any other, and no cache keeps them."""

from collections.abc import Iterator, Sequence

import httpx

from evalsite.doctor.findings import WRONG, Fault, Finding, well
from evalsite.doctor.site import visit
from studies.channels.mturk.frame import worker_sites

FORBIDDEN = Fault(
    code="frame-options-added",
    level=WRONG,
    cause="A proxy adds X-Frame-Options, so browsers show workers of Mechanical Turk an empty frame.",
    cure="Take the header out of the proxy (nginx: add_header X-Frame-Options); the site sets it itself where it belongs.",
)
NOT_ALLOWED = Fault(
    code="frame-not-allowed",
    level=WRONG,
    cause="The policy that reaches browsers does not let Mechanical Turk frame the page of a HIT.",
    cure="Let the proxy pass Content-Security-Policy on as it is, and add none of its own: of several, every one must allow.",
)
OPEN_TO_ALL = Fault(
    code="frame-open",
    level=WRONG,
    cause="Any site could frame the admin, and let researchers click on what they do not see.",
    cure="Let the proxy pass Content-Security-Policy and X-Frame-Options on as they are.",
)
KEPT = Fault(
    code="pages-kept",
    level=WRONG,
    cause="A proxy or a cache may keep pages and images of workers, and show them to others.",
    cure="Let the proxy pass Cache-Control on as it is, and keep nothing of the site (nginx: no proxy_cache, no expires).",
)
FAILS = Fault(
    code="hit-page-fails",
    level=WRONG,
    cause="The site fails at the pages of Mechanical Turk, and perhaps at others.",
    cure="Look at the check “public-url” first, then at the site's log.",
)

HIT_PAGE = "/m/doctor/"  # of no HIT: says so, with the headers of all pages in the frame
OTHER_PAGE = "/admin/login/"
NOBODY = "'none'"


def check() -> Iterator[Finding]:
    hit = visit(HIT_PAGE).response
    if hit.is_redirect:
        return  # by http to https, or to itself: of that, another check speaks
    if hit.is_server_error:
        yield FAILS.found(f"The page of a HIT answers {hit.status_code}.")
        return
    yield from faults_of_frame(hit.headers, worker_sites()) or [well("Mechanical Turk may frame the page of a HIT.")]
    other = visit(OTHER_PAGE).response
    yield from faults_of_page(other.headers) or [well("No site may frame any other page.")]


def faults_of_frame(headers: httpx.Headers, sites: Sequence[str]) -> list[Finding]:
    """Of the page of a HIT. sites: those that show it."""
    found: list[Finding] = []
    if options := headers.get("X-Frame-Options"):
        found.append(FORBIDDEN.found(f"The page of a HIT comes with X-Frame-Options: {options}."))
    forgotten = [[site for site in sites if site not in ancestors] for ancestors in frame_ancestors(headers)]
    found += [
        NOT_ALLOWED.found(f"A policy of a HIT's page leaves out {', '.join(missing)}.") for missing in forgotten if missing
    ]
    if "no-store" not in headers.get("Cache-Control", ""):
        kept = headers.get("Cache-Control", "nothing")
        found.append(KEPT.found(f"The page of a HIT comes with Cache-Control: {kept}, not no-store."))
    return found


def faults_of_page(headers: httpx.Headers) -> list[Finding]:
    if any(ancestors == [NOBODY] for ancestors in frame_ancestors(headers)):
        return []
    return [OPEN_TO_ALL.found(f"The page {OTHER_PAGE} comes without frame-ancestors {NOBODY}.")]


def frame_ancestors(headers: httpx.Headers) -> list[list[str]]:
    """Who may frame the page, by each policy that says so (CSP 3, §6.4.2); browsers obey all of them."""
    policies = [policy for header in headers.get_list("Content-Security-Policy") for policy in header.split(",")]
    directives = [directive.split() for policy in policies for directive in policy.split(";")]
    return [words[1:] for words in directives if words and words[0].lower() == "frame-ancestors"]
