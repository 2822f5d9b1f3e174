from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from studies.channels.mturk.confirming import confirm, raise_budget
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import NotPostable
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Hit, Intent, Posting, Qualification
from studies.models import LogLine, Place, Study
from studies.publishing import publish
from tests.factories_studies import QuizQuestionFactory, ready_study
from tests.studies.channels.mturk.postings import draft, published

pytestmark = pytest.mark.django_db


def confirmed(posting: Posting, budget: int = 36, quoted: int = 36) -> str:
    return confirm(posting, budget, quoted, "ann", timezone.now())


def left_behind(posting: Posting) -> tuple[Any, ...]:
    posting.refresh_from_db()
    reserved = Place.objects.exclude(reserved_for="").count()
    return posting.state, posting.budget_cents, Hit.objects.count(), Intent.objects.count(), reserved


def test_confirming_writes_down_all_calls_and_makes_none(emulator: Emulator, posting: Posting) -> None:
    assert "3 HITs × 2 workers, $0.36 of $0.40" in confirmed(posting, budget=40)
    posting.refresh_from_db()
    assert (posting.state, posting.budget_cents, posting.confirmed_by) == ("confirmed", 40, "ann")
    operations = sorted(posting.intents.values_list("operation", flat=True))
    assert operations == ["CreateHITType", *["CreateHITWithHITType"] * 3, "CreateQualificationType"]
    assert set(emulator.requests) == {"GetAccountBalance"}
    assert LogLine.objects.get(action="MTurk").who == "ann"


def test_a_budget_below_the_quote_is_refused(posting: Posting) -> None:
    with pytest.raises(NotPostable, match=r"budget of \$0.35 does not cover the quote of \$0.36"):
        confirmed(posting, budget=35)
    assert left_behind(posting) == ("draft", 0, 0, 0, 0)


def test_another_total_than_was_quoted_is_refused(posting: Posting) -> None:
    Posting.objects.filter(pk=posting.pk).update(reward_cents=6)  # by somebody else, after the quote
    with pytest.raises(NotPostable, match=r"costs \$0.42 now, not \$0.36 as quoted"):
        confirmed(posting, budget=100)
    assert left_behind(posting) == ("draft", 0, 0, 0, 0)


def test_a_posting_is_confirmed_once(posting: Posting) -> None:
    confirmed(posting)
    with pytest.raises(NotPostable):
        confirmed(posting)
    assert Hit.objects.count() == 3


def test_all_faults_are_named_together(emulator: Emulator, posting: Posting) -> None:
    emulator.account.available_cents = 0
    Posting.objects.filter(pk=posting.pk).update(title="two\nlines")
    with pytest.raises(NotPostable) as refusal:
        confirmed(posting, budget=1)
    assert len(refusal.value.sentences) == 3


def test_places_are_kept_for_the_environments_workers(posting: Posting) -> None:
    confirmed(posting)
    kept = Place.objects.filter(reserved_for="mturk-emulator")
    assert set(kept.values_list("rehearsal", flat=True)) == {True}
    assert sorted(kept.values_list("comparison", "number")) == sorted(
        (comparison, number) for comparison in posting.study.comparisons.values_list("pk", flat=True) for number in (0, 1)
    )


def test_each_comparison_is_in_one_hit(emulator: Emulator, study: Study) -> None:
    posting = published(draft(study, comparisons_per_hit=2))
    sizes = [hit.comparisons.count() for hit in posting.hits.all()]
    assert sizes == [2, 1]
    asked = Hit.comparisons.through.objects.values_list("comparison", flat=True)
    assert sorted(asked) == sorted(study.comparisons.values_list("pk", flat=True))
    assert {hit.max_assignments for hit in emulator.market.hits.values()} == {2}


@pytest.mark.usefixtures("emulator")
def test_two_postings_share_a_study_without_sharing_places(study: Study) -> None:
    first, second = (published(draft(study, max_assignments=1)) for _ in range(2))
    assert (first.hits.count(), second.hits.count()) == (3, 3)
    assert Place.objects.filter(reserved_for="mturk-emulator").count() == 6
    assert set(first.hits.values_list("hit_id", flat=True)).isdisjoint(second.hits.values_list("hit_id", flat=True))


def test_production_beside_the_emulator_takes_other_places(
    posting: Posting, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second emulator stands for production, as nothing else can here."""
    published(posting)
    other = draft(posting.study, environment_name="production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr("studies.channels.mturk.quote.balance_cents", lambda _: 1000)
    settings.SITE_URL = "https://votes.example.org"
    confirm(other, 36, 36, "ann", timezone.now())
    reserved = Place.objects.exclude(reserved_for="").values_list("reserved_for", "rehearsal")
    assert sorted(set(reserved)) == [("mturk", False), ("mturk-emulator", True)]
    assert len(set(Qualification.objects.values_list("environment_name", flat=True))) == 2


def test_a_study_with_a_quiz_gets_a_qualification_for_it(emulator: Emulator) -> None:
    study = ready_study()
    QuizQuestionFactory.create(study=study)
    publish(study, timezone.now())
    published(draft(study))
    names = sorted(kind.name for kind in emulator.market.qualification_types.values())
    assert names == [f"Passed the quiz of an image study ({study.token})", f"Took part in an image study ({study.token})"]


def test_a_qualification_that_was_refused_is_wanted_by_the_next_posting(study: Study, emulator: Emulator) -> None:
    one = draft(study, max_assignments=1)
    confirm(one, 100, 18, "ann", timezone.now())
    one.intents.filter(operation="CreateQualificationType").update(state=Intent.State.REFUSED)
    two = published(draft(study, max_assignments=1))
    assert two.intents.get(operation="CreateQualificationType").state == Intent.State.DONE
    assert len(emulator.market.qualification_types) == 1


def test_a_budget_can_only_grow(posting: Posting) -> None:
    with pytest.raises(NotPostable, match="can only grow"):
        raise_budget(posting, 100, "ann", timezone.now())
    confirmed(posting)
    with pytest.raises(NotPostable, match="can only grow"):
        raise_budget(posting, 36, "ann", timezone.now())
    assert "$0.36 → $1.00" in raise_budget(posting, 100, "ann", timezone.now())
    posting.refresh_from_db()
    assert balance_of(posting).left == 64
