"""Mechanical Turk and Prolific: whether the keys are taken, where studies are there; nothing is changed or spent."""

from collections.abc import Iterator

from django.conf import settings

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, counted, well
from studies.channels.mturk.client import call, client_for
from studies.channels.mturk.environments import PRODUCTION, environment
from studies.channels.mturk.errors import MTurkError
from studies.channels.mturk.models import Posting
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import ProlificError
from studies.channels.prolific.models import ProlificStudy

MTURK_REFUSES = Fault(
    code="mturk-not-asked",
    level=WRONG,
    cause="Postings there are neither carried out nor polled, so that nobody is paid and no vote counts.",
    cure="Give the keys to AWS to the site and its workers, as boto3 finds them, and do what the sentence says.",
)
NO_MONEY = Fault(
    code="mturk-no-money",
    level=WARNING,
    cause="Mechanical Turk refuses new HITs and bonuses without money for them.",
    cure="Add money to the account on requester.mturk.com (“Purchase Prepaid HITs”).",
)
POSTING_TROUBLED = Fault(
    code="posting-troubled",
    level=WARNING,
    cause="A worker could not do all that was asked for the posting when it last tried; it tries again each minute.",
    cure="Open the posting in the admin, and do what it says there.",
)
PROLIFIC_REFUSES = Fault(
    code="prolific-not-asked",
    level=WRONG,
    cause="Studies there are not polled, and nobody is approved or paid.",
    cure="Set EVALSITE_PROLIFIC_TOKEN to an API token of the account that was not deleted, and do what the sentence says.",
)
PROLIFIC_NO_TOKEN = Fault(
    code="prolific-token-missing",
    level=WRONG,
    cause="Studies were published on Prolific, and nothing can be asked there any more.",
    cure="Set EVALSITE_PROLIFIC_TOKEN for the site and its workers.",
)

PATIENCE = 10.0  # seconds


def check() -> Iterator[Finding]:
    there = list(_mturk()) + list(_prolific())
    yield from there or [well("No study is on Mechanical Turk or Prolific.")]


def _mturk() -> Iterator[Finding]:
    confirmed = Posting.objects.filter(state=Posting.State.CONFIRMED)
    for name in confirmed.order_by("environment_name").values_list("environment_name", flat=True).distinct():
        yield _of_environment(name)
    for posting in confirmed.exclude(trouble="").select_related("study"):
        yield POSTING_TROUBLED.found(f"{posting}: {posting.trouble}")


def _of_environment(name: str) -> Finding:
    try:
        balance = call(client_for(environment(name)), "GetAccountBalance")["AvailableBalance"]
    except MTurkError as error:
        return MTURK_REFUSES.found(f"Mechanical Turk ({name}) does not answer: {error}")
    return of_balance(name, balance)


def of_balance(name: str, balance: str) -> Finding:
    """balance: in dollars, as Mechanical Turk says it; of the sandbox and the emulator it is play money."""
    if name == PRODUCTION and float(balance) <= 0:
        return NO_MONEY.found(f"The account on Mechanical Turk has ${balance}.")
    return well(f"Mechanical Turk ({name}) takes the keys; the account has ${balance}.")


def _prolific() -> Iterator[Finding]:
    if not settings.PROLIFIC_TOKEN:
        if live := ProlificStudy.objects.exclude(status__in=OVER).exclude(prolific_id="").count():
            yield PROLIFIC_NO_TOKEN.found(f"There is no token, and {counted(live, 'study')} on Prolific.")
        return
    prolific = Prolific(url=settings.PROLIFIC_URL, token=settings.PROLIFIC_TOKEN, timeout=PATIENCE, wait=_not_at_all)
    try:
        next(prolific.drafts(), None)
    except ProlificError as error:
        yield PROLIFIC_REFUSES.found(f"Prolific does not take the token: {error}")
    else:
        yield well("Prolific takes the token.")


OVER = (ProlificStudy.Status.PLANNED, ProlificStudy.Status.COMPLETED)


def _not_at_all(_seconds: float) -> None:
    """Whoever calls the doctor waits for no pauses between attempts."""
