"""The pages about a posting, as a browser asks for them."""

from typing import Any

from django.test import Client

from studies.channels.mturk.models import Posting
from studies.models import Study
from tests.forms_of_pages import forms

FIELDS: dict[str, Any] = {
    "environment_name": "emulator",
    "form": "external",
    "title": "Compare two images",
    "description": "One pair.",
    "keywords": "images",
    "reward": "0.05",
    "max_assignments": "2",
    "comparisons_per_hit": "1",
    "assignment_minutes": "30",
    "lifetime_days": "3",
    "auto_approval_days": "7",
    "frame_height": "900",
    "needs_masters": "on",
    "approval_above": "98",
    "bucket_region": "us-east-1",
}


def postings_address(study: Study) -> str:
    return f"/admin/studies/study/{study.pk}/mturk/"


def address(posting: Posting, page: str = "") -> str:
    """Of a page about this posting: “review”, “ledger.csv”; its own without a name."""
    if not page:
        return f"/admin/studies/study/{posting.study_id}/mturk/{posting.pk}/"
    return f"/admin/studies/study/{posting.study_id}/mturk/{posting.pk}/{page}" + ("" if "." in page else "/")


def told(response: Any) -> str:
    """A page's text, quotes as they are read."""
    text: str = response.content.decode().replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    return text


def press(browser: Client, posting: Posting, page: str, **sent: Any) -> str:
    """Send a form of a posting's page, follow where it leads, and what is told there."""
    return told(browser.post(address(posting, page), sent, follow=True))


def hidden_of(page: str, name: str) -> dict[str, str]:
    """The hidden fields of the form of a page that has one of that name."""
    return next(dict(form.hidden) for form in forms(page) if name in form.hidden)
