"""The addresses of all pages about Mechanical Turk, below that of their study."""

from django.urls import URLPattern

from studies.channels.mturk.admin import buttons, ledger, posting, postings, quoting, review, wages

URLS: list[URLPattern] = [
    *postings.URLS,
    *posting.URLS,
    *quoting.URLS,
    *buttons.URLS,
    *review.URLS,
    *wages.URLS,
    *ledger.URLS,
]
