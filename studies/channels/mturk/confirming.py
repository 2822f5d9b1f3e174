"""The second step of publishing: what was quoted is confirmed, under a budget that nothing goes beyond."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from studies.channels.mturk.errors import NotPostable
from studies.channels.mturk.hits_to_make import Group, groups_of, reserve_places
from studies.channels.mturk.ledger import intend
from studies.channels.mturk.models import Hit, Intent, Posting, Qualification
from studies.channels.mturk.money import dollars
from studies.channels.mturk.quote import Quote, quote_for
from studies.channels.mturk.requirements import own_qualifications
from studies.channels.mturk.sharing import name_images
from studies.models import LogLine, Study

ACTION = "MTurk"


def confirm(posting: Posting, budget_cents: int, quoted_cents: int, who: str, now: datetime) -> str:
    """Write down every HIT and call that the posting needs, to be carried out by a worker process; what was done.

    quoted_cents: the total that the researcher saw. Everything is checked anew. Raises NotPostable with all that is wrong,
    and if the total is another now; nothing is left behind then.
    """
    posting.refresh_from_db()  # what is confirmed is what is stored
    quote = quote_for(posting, now)
    faults = list(quote.faults)
    if quote.total != quoted_cents:
        faults.append(f"This costs {dollars(quote.total)} now, not {dollars(quoted_cents)} as quoted. Look at the new quote.")
    if budget_cents < quote.total:
        faults.append(f"The budget of {dollars(budget_cents)} does not cover the quote of {dollars(quote.total)}.")
    if faults:
        raise NotPostable(faults)
    with transaction.atomic():
        _write(posting, budget_cents, quote, who, now)
        cost = f"{dollars(quote.total)} of {dollars(budget_cents)}"
        said = f"{posting}: {quote.hits} HITs × {posting.max_assignments} workers, {cost}"
        LogLine.objects.add(posting.study, who, ACTION, f"Confirmed. {said}", now)
    return f"Confirmed. {said}. The HITs appear as a worker process creates them."


def raise_budget(posting: Posting, budget_cents: int, who: str, now: datetime) -> str:
    """Let a posting spend more; what was done. Raises NotPostable for less than is committed already."""
    with transaction.atomic():
        locked = Posting.objects.select_for_update().get(pk=posting.pk)
        if locked.is_draft or budget_cents <= locked.budget_cents:
            raise NotPostable([f"The budget of a confirmed posting can only grow: it is {dollars(locked.budget_cents)}."])
        said = f"Budget of {posting}: {dollars(locked.budget_cents)} → {dollars(budget_cents)}"
        Posting.objects.filter(pk=posting.pk).update(budget_cents=budget_cents)
        LogLine.objects.add(posting.study, who, ACTION, said, now)
    return f"{said}."


def _write(posting: Posting, budget_cents: int, quote: Quote, who: str, now: datetime) -> None:
    # The study's row first, as everywhere: sessions that are being opened take places too.
    Study.objects.select_for_update().get(pk=posting.study_id)
    confirmed = Posting.objects.filter(pk=posting.pk, state=Posting.State.DRAFT).update(
        state=Posting.State.CONFIRMED, budget_cents=budget_cents, confirmed_by=who, confirmed_at=now
    )
    posting.refresh_from_db()
    groups = groups_of(posting)
    if not confirmed or len(groups) * posting.max_assignments * posting.assignment_cents != quote.total:
        raise NotPostable([f"“{posting}” was confirmed or changed, or its places were taken, meanwhile. Look at it again."])
    rows = _make_hits(posting, groups)
    reserve_places(posting, groups)
    if posting.form == Posting.Form.HTML:
        name_images(posting, [comparison for group in groups for comparison in group])
    intend(posting, [*_first_intents(posting, who, now), *(_creation(hit, posting, who, now) for hit in rows)])


def _make_hits(posting: Posting, groups: Sequence[Group]) -> list[Hit]:
    rows = Hit.objects.bulk_create(
        Hit(posting=posting, number=number, max_assignments=posting.max_assignments) for number in range(1, len(groups) + 1)
    )
    through = Hit.comparisons.through
    through.objects.bulk_create(
        through(hit=hit, comparison=comparison) for hit, group in zip(rows, groups, strict=True) for comparison in group
    )
    return rows


def _first_intents(posting: Posting, who: str, now: datetime) -> list[Intent]:
    """What has to be there before any HIT: our own qualifications, and the HIT type."""
    wanted = [*own_qualifications(posting), (Qualification.Kind.TOOK_PART.value, posting.study_id)]
    if posting.study.quiz_questions.exists():
        wanted.append((Qualification.Kind.PASSED_QUIZ.value, posting.study_id))
    intents = [_qualification(posting, kind, study, who, now) for kind, study in dict.fromkeys(wanted)]
    created = Intent(posting=posting, operation=Intent.Operation.CREATE_TYPE, key=f"type/{posting.token}", by=who, at=now)
    return [*intents, created]


def _qualification(posting: Posting, kind: str, study: int, who: str, now: datetime) -> Intent:
    row, _ = Qualification.objects.get_or_create(environment_name=posting.environment_name, kind=kind, study_id=study)
    return Intent(
        posting=posting,
        operation=Intent.Operation.CREATE_QUALIFICATION,
        key=f"qualification/{posting.environment_name}/{row.pk}/{row.study.token}",
        qualification=row,
        by=who,
        at=now,
    )


def _creation(hit: Hit, posting: Posting, who: str, now: datetime) -> Intent:
    return Intent(
        posting=posting,
        operation=Intent.Operation.CREATE_HIT,
        key=f"hit/{hit.token}",
        hit=hit,
        cents=hit.max_assignments * posting.assignment_cents,
        by=who,
        at=now,
    )
