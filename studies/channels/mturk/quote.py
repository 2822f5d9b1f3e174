"""What a posting would cost and who would get it, before anything is spent; and everything that speaks against it."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from studies.channels.loopback import is_loopback
from studies.channels.mturk.client import Client, call, client_for
from studies.channels.mturk.environments import EMULATOR
from studies.channels.mturk.errors import MTurkError, NotReachable
from studies.channels.mturk.fees import BASE_PERCENT, MANY_ASSIGNMENTS, MANY_PERCENT, MASTERS_PERCENT, fee_cents
from studies.channels.mturk.hits_to_make import Group, groups_of, let_go_of_places
from studies.channels.mturk.models import Posting
from studies.channels.mturk.money import cents_of, dollars
from studies.channels.mturk.questions.limits import is_secure
from studies.channels.mturk.questions_of_hits import page_of
from studies.channels.mturk.requirements import MOST_REQUIREMENTS, own_qualifications
from studies.channels.mturk.sharing import check_images, name_images, upload_images
from studies.errors import StudyError
from studies.models import Study, Trial

HOUR = 3600
ENOUGH_TRIALS, MOST_TRIALS = 20, 10_000  # to say from them how long a comparison takes


@dataclass(frozen=True)
class Quote:
    """A posting in numbers; money in cents.

    comparisons: those asked about; left_out: those without places enough. seconds: what an assignment takes, `measured` in
    this study or as the study expects. balance: what the account has; None where it could not be asked. faults: why the
    posting cannot be confirmed, each in a sentence.
    """

    comparisons: int
    left_out: int
    hits: int
    assignments: int
    votes: int
    reward: int
    fee: int
    seconds: float
    measured: bool
    balance: int | None
    faults: tuple[str, ...]
    fee_rule: str

    @property
    def rewards(self) -> int:
        return self.assignments * self.reward

    @property
    def fees(self) -> int:
        return self.assignments * self.fee

    @property
    def total(self) -> int:
        return self.rewards + self.fees

    @property
    def hourly(self) -> int:
        """What a worker earns in an hour, rounded down."""
        return math.floor(self.reward * HOUR / self.seconds)


def quote_for(posting: Posting, now: datetime) -> Quote:
    """Ask the account's balance and check everything; of a page of its own, the first images are uploaded and fetched."""
    faults = [*_faults_of_form(posting), *_faults_of_study(posting)]
    groups: Sequence[Group] = []
    try:
        let_go_of_places(posting, now)
        groups = groups_of(posting)
        faults += [*_faults_of_groups(posting, groups), *_faults_of_page(posting, groups, now)]
        balance: int | None = balance_cents(client_for(posting.environment))
    except MTurkError as error:
        return _quote(posting, groups, None, [*faults, str(error)])
    quote = _quote(posting, groups, balance, faults)
    if balance is not None and balance < quote.total:
        short = f"The account has {dollars(balance)}; this costs {dollars(quote.total)}. Prepay the rest, or ask for less."
        return _quote(posting, groups, balance, [*faults, short])
    return quote


def balance_cents(client: Client) -> int:
    """What the account can spend. Raises NotReachable where it cannot be asked."""
    try:
        return cents_of(call(client, "GetAccountBalance")["AvailableBalance"])
    except NotReachable:
        raise
    except MTurkError as error:
        reason = str(error).rstrip(".")
        raise NotReachable(
            f"Mechanical Turk could not be asked for the account's balance: {reason}. Try again later."
        ) from error


def fee_rule(posting: Posting) -> str:
    """Which fees there are, in a sentence."""
    parts = [f"{BASE_PERCENT} % of the reward"]
    if posting.max_assignments >= MANY_ASSIGNMENTS:
        parts.append(f"another {MANY_PERCENT} % as a HIT has {MANY_ASSIGNMENTS} workers or more")
    if posting.needs_masters:
        parts.append(f"{MASTERS_PERCENT} % for Masters")
    return ", ".join(parts) + "; at least one cent."


def seconds_of(posting: Posting) -> tuple[float, bool]:
    """How long an assignment takes, and whether that was measured: the median of the study's own trials, if they are enough."""
    answered = Trial.objects.filter(session__study=posting.study).counted()
    told = answered.exclude(visible_seconds=None).values_list("visible_seconds", flat=True)
    measured = [seconds for seconds in told[:MOST_TRIALS] if seconds is not None]
    if len(measured) < ENOUGH_TRIALS:
        return float(posting.study.expected_seconds * posting.comparisons_per_hit), False
    return max(1.0, statistics.median(measured)) * posting.comparisons_per_hit, True


def _quote(posting: Posting, groups: Sequence[Group], balance: int | None, faults: Sequence[str]) -> Quote:
    comparisons = sum(map(len, groups))
    seconds, measured = seconds_of(posting)
    return Quote(
        comparisons=comparisons,
        left_out=posting.study.comparisons.wanted().count() - comparisons,
        hits=len(groups),
        assignments=len(groups) * posting.max_assignments,
        votes=comparisons * posting.max_assignments * max(1, posting.study.criteria.count()),
        reward=posting.reward_cents,
        fee=fee_cents(posting.reward_cents, max_assignments=posting.max_assignments, masters=posting.needs_masters),
        seconds=seconds,
        measured=measured,
        balance=balance,
        faults=tuple(faults),
        fee_rule=fee_rule(posting),
    )


def _faults_of_form(posting: Posting) -> Iterator[str]:
    try:
        posting.full_clean()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            yield from (f"{_label(field)}: {message}" for message in messages)


def _label(field: str) -> str:
    if field == "__all__":
        return "The posting"
    named: models.Field[object, object] = Posting._meta.get_field(field)  # type: ignore[assignment]
    return str(named.verbose_name).capitalize()


def _faults_of_study(posting: Posting) -> Iterator[str]:
    study = posting.study
    if study.state != Study.State.PUBLISHED:
        yield f"“{study}” is {study.get_state_display().lower()}: only a study that takes votes can be posted."
    if posting.form == Posting.Form.EXTERNAL:
        yield from _faults_of_address(posting)
        yield from _faults_of_time(posting)
    elif study.is_captioning or study.quality.gold_share or study.practice_trials or study.quiz_questions.exists():
        yield "A page of its own asks for votes alone: no quiz, practice, checks or captions. Use this site in MTurk's frame."
    number = sum([posting.needs_masters, posting.approval_above is not None, posting.approved_above is not None])
    number += bool(posting.country_codes) + posting.needs_adults + len(own_qualifications(posting))
    if number > MOST_REQUIREMENTS:
        yield f"Mechanical Turk takes {MOST_REQUIREMENTS} qualification requirements at most; these are {number}."


def _faults_of_time(posting: Posting) -> Iterator[str]:
    if posting.assignment_seconds > 60 * posting.study.session_minutes:
        yield (
            f"Workers would have {posting.assignment_seconds} s for an assignment, but the study gives up on a session after "
            f"{posting.study.session_minutes} minutes: shorten the one or lengthen the other."
        )


def _faults_of_address(posting: Posting) -> Iterator[str]:
    here = is_loopback(str(urlsplit(settings.SITE_URL).hostname))
    if not is_secure(settings.SITE_URL) or (here and posting.environment_name != EMULATOR):
        yield (
            f"Workers could not open this site at {settings.SITE_URL}: Mechanical Turk's frame needs a public https address. "
            "Set EVALSITE_URL, or use a page of its own."
        )


def _faults_of_groups(posting: Posting, groups: Sequence[Group]) -> Iterator[str]:
    if not groups:
        number = f"{posting.max_assignments} free places" if posting.max_assignments > 1 else "a free place"
        yield (f"No comparison has {number}: ask for fewer workers per HIT, or for more votes on each comparison.")


def _faults_of_page(posting: Posting, groups: Sequence[Group], now: datetime) -> Iterator[str]:
    """Make the longest page, and try the image host out with the images of one comparison."""
    if posting.form != Posting.Form.HTML or not posting.bucket or not groups or not posting.pk:
        return
    try:
        longest = max(groups, key=_characters)
        name_images(posting, longest)
        page_of(posting, longest)
        upload_images(posting, now, at_most=4)
        check_images(posting, at_most=4)
    except StudyError as error:
        yield str(error)


def _characters(group: Group) -> tuple[int, int]:
    """By what pages differ in length: how many comparisons, and how long their descriptions."""
    return len(group), sum(len(comparison.prompt.text.encode()) for comparison in group)
