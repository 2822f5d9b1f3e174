from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from studies.channels.mturk.models import Hit, Posting
from studies.models import Study
from tests.studies.channels.mturk.postings import draft

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


def hit(posting: Posting, number: int = 1, **fields: object) -> Hit:
    values = {"hit_id": f"3HIT{number}", "state": Hit.State.ASSIGNABLE, "max_assignments": 2, **fields}
    return Hit.objects.create(posting=posting, number=number, **values)


@pytest.mark.parametrize(
    ("state", "ended", "over"),
    [
        ("Assignable", None, False),
        ("Assignable", -HOUR, False),  # an hour to come
        ("Assignable", HOUR / 2, False),  # somebody may have accepted it half an hour ago, and has an hour
        ("Assignable", 1.1 * HOUR, True),
        ("Unassignable", HOUR / 2, False),
        ("Reviewable", HOUR / 2, True),  # Mechanical Turk says that nobody works on it
        ("Reviewing", HOUR / 2, True),
        ("Reviewing", -HOUR, False),
        ("Disposed", None, True),
    ],
)
def test_when_a_hit_is_over(posting: Posting, state: str, ended: timedelta | None, over: bool) -> None:
    expires_at = None if ended is None else NOW - ended
    assert hit(posting, state=state, expires_at=expires_at).is_over(NOW) is over


def test_what_happened_since_the_last_look_is_hinted_at(posting: Posting) -> None:
    fresh, seen, unseen = (hit(posting, number) for number in (1, 2, 3))
    fresh.hint(NOW)
    Hit.objects.filter(pk=seen.pk).update(hinted_at=NOW, looked_at=NOW)
    Hit.objects.filter(pk=unseen.pk).update(hinted_at=NOW, looked_at=NOW - HOUR)
    assert set(posting.hits.hinted()) == {fresh, unseen}


def test_what_is_not_there_is_not_looked_at(posting: Posting) -> None:
    hit(posting, 1, hit_id="", state=Hit.State.WANTED, hinted_at=NOW)
    hit(posting, 2, state=Hit.State.DISPOSED, hinted_at=NOW)
    assert not posting.hits.hinted().exists()


def test_looks_at_what_waits_get_rarer(posting: Posting) -> None:
    waiting = hit(posting, hinted_at=NOW, looked_at=NOW + HOUR)
    assert not waiting.is_worth_a_look(NOW + 1.9 * HOUR)
    assert waiting.is_worth_a_look(NOW + 2 * HOUR)


@pytest.mark.usefixtures("emulator")
def test_a_postings_cents_are_those_of_the_fees(study: Study) -> None:
    posting = draft(study, reward_cents=20, max_assignments=10, needs_masters=True)
    assert posting.assignment_cents == 29  # 20 + 4 + 4 + 1
    assert draft(study, reward_cents=20, max_assignments=9, needs_masters=False).assignment_cents == 24


@pytest.mark.parametrize(("written", "codes"), [("us, gb", ["US", "GB"]), ("", []), ("DE", ["DE"]), (" de  at ", ["DE", "AT"])])
def test_countries_are_read_from_words(written: str, codes: list[str]) -> None:
    assert Posting(countries=written).country_codes == codes


@pytest.mark.parametrize("written", ["Germany", "U1", "US;GB"])
def test_what_is_no_country_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="two letters each"):
        Posting(countries=written, title="t").clean()
