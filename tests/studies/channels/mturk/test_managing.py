import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.confirming import confirm
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import ImpossibleReview, OverBudget
from studies.channels.mturk.ledger import balance_of, intend
from studies.channels.mturk.managing import add_assignments, delete, expire, try_again, votes_to_replace
from studies.channels.mturk.models import Assignment, Hit, Intent, Posting
from studies.channels.mturk.polling import poll
from studies.channels.mturk.review import approve, bonus, do, reject
from studies.models import LogLine, Place, Session, Trial
from tests.studies.channels.mturk.postings import QUALIFIED, published, work
from tests.studies.channels.mturk.test_ledger import DAY, agree, tend

pytestmark = pytest.mark.django_db


def first(posting: Posting) -> Hit:
    return posting.hits.get(number=1)


def answered(emulator: Emulator, client: Client, posting: Posting, budget_cents: int = 1000) -> Hit:
    """The first HIT of a published posting, handed in by both its workers and read."""
    published(posting, budget_cents=budget_cents)
    for worker in ("A1", "A2"):
        work(emulator, client, worker, first(posting).hit_id)
    poll(posting, emulator.clock.now())
    return first(posting)


def submit_nothing(emulator: Emulator, worker_id: str, hit_id: str) -> None:
    """As somebody would who posts to Mechanical Turk by hand."""
    worker = emulator.worker(worker_id, **QUALIFIED)
    worker.submit(worker.accept(hit_id).id, {"session": "none"})


def test_more_workers_are_asked_for_and_paid_for(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = answered(emulator, client, posting)
    said = add_assignments(posting, {hit.pk: 2}, "ann", timezone.now())
    assert "2 more assignments on 1 HIT, $0.12 with fees" in said
    tend(posting, emulator)
    assert emulator.market.hits[hit.hit_id].max_assignments == 4
    assert agree(posting, emulator) == (0, 36 + 12)
    assert LogLine.objects.filter(action="MTurk", who="ann", detail__contains="2 more assignments").count() == 1


def test_from_nine_to_ten_workers_is_refused_before_it_is_asked(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    hit = first(posting)
    Hit.objects.filter(pk=hit.pk).update(max_assignments=9)
    with pytest.raises(ImpossibleReview, match="Make another posting for the missing votes"):
        add_assignments(posting, {hit.pk: 1}, "ann", timezone.now())
    carry_out(posting)
    assert emulator.requests["CreateAdditionalAssignmentsForHIT"] == 0


def test_more_workers_than_the_budget_pays_for_are_refused(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = answered(emulator, client, posting, budget_cents=40)
    with pytest.raises(OverBudget):
        add_assignments(posting, {hit.pk: 1}, "ann", timezone.now())
    assert not posting.intents.filter(operation=Intent.Operation.ADD_ASSIGNMENTS).exists()


def test_hits_that_ended_are_found_again(emulator: Emulator, posting: Posting) -> None:
    published(posting, budget_cents=1000)
    emulator.clock.advance(4 * DAY)
    tend(posting, emulator)
    assert agree(posting, emulator) == (0, 0)
    hit = first(posting)
    add_assignments(posting, {hit.pk: 1}, "ann", emulator.clock.now())
    tend(posting, emulator)
    assert emulator.market.hits[hit.hit_id].open_places == 3
    assert agree(posting, emulator) == (0, 3 * 6)


def test_assignments_that_come_to_life_again_need_budget_too(emulator: Emulator, posting: Posting) -> None:
    published(posting)  # 36 cents, all of which come back; of these the bonuses of another HIT may be meant to be paid
    emulator.clock.advance(4 * DAY)
    tend(posting, emulator)
    Posting.objects.filter(pk=posting.pk).update(budget_cents=17)
    with pytest.raises(OverBudget):  # one is added, but three could be made then, which cost 18
        add_assignments(posting, {first(posting).pk: 1}, "ann", emulator.clock.now())
    assert balance_of(Posting.objects.get(pk=posting.pk)).left == 17  # and all is as it was


def test_a_hit_about_to_be_opened_again_keeps_its_money(emulator: Emulator, posting: Posting) -> None:
    published(posting, budget_cents=36)
    emulator.clock.advance(4 * DAY)
    tend(posting, emulator)
    add_assignments(posting, {first(posting).pk: 1}, "ann", emulator.clock.now())
    poll(posting, emulator.clock.now(), sweeps=True)  # before anything was carried out
    assert balance_of(posting).left == 36 - 18


def test_votes_that_do_not_count_are_replaced_one_by_one(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting, budget_cents=1000)
    hit = first(posting)
    submit_nothing(emulator, "A1", hit.hit_id)
    submit_nothing(emulator, "A2", hit.hit_id)
    work(emulator, client, "A1", posting.hits.get(number=2).hit_id)
    poll(posting, timezone.now())
    assert votes_to_replace(posting) == {hit.pk: 2}
    add_assignments(posting, votes_to_replace(posting), "ann", timezone.now())
    assert votes_to_replace(posting) == {}
    tend(posting, emulator)
    for worker in ("A3", "A4"):
        work(emulator, client, worker, hit.hit_id)
    poll(posting, timezone.now())
    assert Trial.objects.counted().filter(comparison__in=hit.comparisons.all()).count() == 2
    assert Trial.objects.progress(posting.study, rehearsal=True) == (3, 6)


def test_what_was_opened_here_but_never_answered_is_replaced(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting, budget_cents=1000)
    hit = first(posting)
    work(emulator, client, "A1", hit.hit_id)
    Trial.objects.get().votes.all().delete()
    Trial.objects.all().release(Trial.State.GIVEN_BACK)
    poll(posting, timezone.now())
    assert Assignment.objects.get().fault.startswith("Handed in there, but nothing was answered here")
    assert votes_to_replace(posting) == {hit.pk: 1}


def test_excluded_votes_are_replaced(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = answered(emulator, client, posting)
    Trial.objects.filter(worker__plain_id="A1").release(Trial.State.EXCLUDED)
    assert votes_to_replace(posting) == {hit.pk: 1}


def test_an_end_lets_nobody_in_any_more(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    assert "End now: 3 HITs" in expire(posting, "ann", emulator.clock.now())
    tend(posting, emulator)
    assert emulator.worker("A1", **QUALIFIED).hits() == []
    assert agree(posting, emulator) == (0, 0)


def test_what_is_in_hand_at_an_end_can_be_handed_in(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    worker = emulator.worker("A1", **QUALIFIED)
    accepted = worker.accept(first(posting).hit_id)
    expire(posting, "ann", emulator.clock.now())
    tend(posting, emulator)
    worker.submit(accepted.id, {"session": "x"})
    tend(posting, emulator)
    assert Assignment.objects.get().assignment_id == accepted.id


def test_what_is_decided_is_deleted_though_it_was_marked_as_read(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = answered(emulator, client, posting)
    assert hit.state == Hit.State.REVIEWING
    do(posting, approve(list(Assignment.objects.all()), "", "ann", timezone.now()), "ann", timezone.now())
    tend(posting, emulator)
    assert "Delete: 1 HIT" in delete(posting, "ann", timezone.now())
    tend(posting, emulator)
    assert emulator.market.hits[hit.hit_id].disposed
    assert first(posting).state == Hit.State.DISPOSED
    assert not posting.intents.filter(state=Intent.State.REFUSED).exists()


def test_what_ended_unanswered_is_deleted(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    emulator.clock.advance(4 * DAY)
    tend(posting, emulator)
    delete(posting, "ann", emulator.clock.now())
    tend(posting, emulator)
    assert {hit.disposed for hit in emulator.market.hits.values()} == {True}
    assert agree(posting, emulator) == (0, 0)


def test_what_waits_for_a_decision_is_not_deleted(emulator: Emulator, client: Client, posting: Posting) -> None:
    answered(emulator, client, posting)
    with pytest.raises(ImpossibleReview, match="with every assignment approved or rejected"):
        delete(posting, "ann", timezone.now())


def test_a_deleted_hit_stays_deleted_and_its_votes_stay(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = answered(emulator, client, posting)
    do(posting, reject(list(Assignment.objects.all()), "No.", "ann", timezone.now()), "ann", timezone.now())
    tend(posting, emulator)
    delete(posting, "ann", timezone.now())
    tend(posting, emulator)
    hit.hint(timezone.now())
    poll(posting, timezone.now(), sweeps=True)
    assert first(posting).state == Hit.State.DISPOSED
    assert Trial.objects.counted().count() == 2
    assert agree(posting, emulator) == (0, 24)


def test_more_workers_that_were_refused_are_asked_for_once_however_often_it_is_tried(
    emulator: Emulator, posting: Posting
) -> None:
    emulator.account.available_cents = 36
    published(posting, budget_cents=1000)
    add_assignments(posting, {first(posting).pk: 1}, "ann", timezone.now())
    carry_out(posting)
    assert posting.intents.get(operation=Intent.Operation.ADD_ASSIGNMENTS).state == Intent.State.REFUSED
    emulator.account.available_cents = 1000
    assert "Try again: 1 refused call" in try_again(posting, "ann", timezone.now())
    tend(posting, emulator)
    with pytest.raises(ImpossibleReview, match="nothing to try again"):
        try_again(posting, "ann", timezone.now())
    assert emulator.market.hits[first(posting).hit_id].max_assignments == 3
    assert agree(posting, emulator) == (0, 42)


def test_what_was_paid_at_the_second_try_is_not_paid_at_the_third(emulator: Emulator, client: Client, posting: Posting) -> None:
    answered(emulator, client, posting)
    one, two = Assignment.objects.all()
    emulator.account.available_cents = 0
    intend(posting, [bonus(one, 10, "Well done.", "thanks", "ann", timezone.now())])
    carry_out(posting)
    emulator.account.available_cents = 12
    intend(posting, [bonus(two, 10, "Well done.", "thanks", "ann", timezone.now())])
    try_again(posting, "ann", timezone.now())
    carry_out(posting)  # there is money for one
    emulator.account.available_cents = 1000
    try_again(posting, "ann", timezone.now())
    carry_out(posting)
    assert sorted(each.assignment.id for each in emulator.market.bonuses) == sorted([one.assignment_id, two.assignment_id])


def test_refused_hits_are_tried_again_without_a_second_one(emulator: Emulator, posting: Posting) -> None:
    published_with_money_for_two(emulator, posting)
    assert len(emulator.market.hits) == 2
    emulator.account.available_cents = 1000
    try_again(posting, "ann", timezone.now())
    tend(posting, emulator)
    assert len(emulator.market.hits) == 3
    assert sorted(hit.annotation or "" for hit in emulator.market.hits.values()) == sorted(
        posting.hits.values_list("token", flat=True)
    )


def published_with_money_for_two(emulator: Emulator, posting: Posting) -> None:
    """Confirmed while there was enough, carried out when there was not."""
    confirm(posting, 1000, 36, "ann", timezone.now())
    emulator.account.available_cents = 24
    carry_out(posting)
    posting.refresh_from_db()


def test_places_of_ended_hits_go_to_the_next_posting(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    work(emulator, client, "A1", first(posting).hit_id)
    emulator.clock.advance(4 * DAY)
    tend(posting, emulator)
    free = Place.objects.of(posting.study, rehearsal=True).free()
    assert (free.count(), free.filter(reserved_for="").count()) == (5, 5)


def test_places_of_hits_that_are_open_stay_reserved(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    poll(posting, emulator.clock.now())
    assert Place.objects.filter(reserved_for="mturk-emulator", free=True).count() == 6


def test_a_hit_that_is_opened_again_gets_its_places_back(emulator: Emulator, posting: Posting) -> None:
    published(posting, budget_cents=1000)
    emulator.clock.advance(4 * DAY)
    tend(posting, emulator)
    add_assignments(posting, {first(posting).pk: 1}, "ann", emulator.clock.now())
    kept = Place.objects.filter(reserved_for="mturk-emulator", comparison__in=first(posting).comparisons.all())
    assert kept.count() == 2  # as many as the study has
    assert Session.objects.count() == 0
