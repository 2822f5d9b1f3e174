"""QualificationRequirements as Amazon's documentation has them, and as the emulator holds workers to them."""

from typing import Any

import pytest
from botocore.config import Config

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.client import call, client_for
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting, Qualification
from studies.channels.mturk.requirements import lacks_qualifications, requirements_of
from studies.models import Study
from tests.factories_studies import published_study
from tests.studies.channels.mturk.postings import QUALIFIED, draft, published

pytestmark = pytest.mark.django_db
NONE: dict[str, Any] = {"needs_masters": False, "approval_above": None}


def test_what_the_papers_ask_for(posting: Posting) -> None:
    posting.approved_above = 1000
    assert requirements_of(posting) == [
        {
            "QualificationTypeId": "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH",
            "Comparator": "Exists",
            "ActionsGuarded": "PreviewAndAccept",
        },
        {
            "QualificationTypeId": "000000000000000000L0",
            "Comparator": "GreaterThan",
            "IntegerValues": [98],
            "ActionsGuarded": "PreviewAndAccept",
        },
        {
            "QualificationTypeId": "00000000000000000040",
            "Comparator": "GreaterThan",
            "IntegerValues": [1000],
            "ActionsGuarded": "PreviewAndAccept",
        },
    ]


def test_several_countries_and_adults(study: Study, emulator: Emulator) -> None:
    posting = draft(study, countries="us, gb", needs_adults=True, **NONE)
    locale, adult = requirements_of(posting)
    assert (locale["Comparator"], locale["LocaleValues"]) == ("In", [{"Country": "US"}, {"Country": "GB"}])
    assert (adult["QualificationTypeId"], adult["IntegerValues"]) == ("00000000000000000060", [1])
    assert emulator.requests == {}


def test_masters_of_the_sandbox_are_others(study: Study) -> None:
    (masters,) = requirements_of(draft(study, environment_name="sandbox", needs_masters=True, approval_above=None))
    assert masters["QualificationTypeId"] == "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"


@pytest.mark.parametrize(
    ("worker", "qualified"),
    [
        ({"masters": True, "approval_rate": 99}, True),
        ({"masters": False, "approval_rate": 99}, False),
        ({"masters": True, "approval_rate": 98}, False),
    ],
)
def test_workers_are_held_to_them(emulator: Emulator, posting: Posting, worker: dict[str, Any], qualified: bool) -> None:
    published(posting)
    assert {offer.qualified for offer in emulator.worker("A1", **worker).hits()} == {qualified}


def test_who_took_part_in_an_earlier_study_is_kept_out(emulator: Emulator, study: Study) -> None:
    pilot = published_study()
    study.earlier_studies.add(pilot)
    posting = published(draft(study, **NONE))
    took_part = Qualification.objects.get(study=pilot, kind=Qualification.Kind.TOOK_PART)
    assert requirements_of(posting) == [
        {"QualificationTypeId": took_part.type_id, "Comparator": "DoesNotExist", "ActionsGuarded": "PreviewAndAccept"}
    ]
    assert {offer.qualified for offer in emulator.worker("A1", **QUALIFIED).hits()} == {True}
    call(
        client_for(posting.environment),
        "AssociateQualificationWithWorker",
        QualificationTypeId=took_part.type_id,
        WorkerId="A1",
        IntegerValue=1,
    )
    assert {offer.qualified for offer in emulator.worker("A1", **QUALIFIED).hits()} == {False}


def test_earlier_workers_may_come_where_the_posting_says_so(study: Study) -> None:
    study.earlier_studies.add(published_study())
    assert requirements_of(draft(study, keeps_out_earlier=False, **NONE)) == []


def test_a_type_waits_until_its_qualifications_are_there(emulator: Emulator, study: Study) -> None:
    study.earlier_studies.add(published_study())
    posting = draft(study)
    assert lacks_qualifications(posting)
    for _ in range(6):
        emulator.faults.order("throttle", "CreateQualificationType")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studies.channels.mturk.client.CONFIG", Config(retries={"total_max_attempts": 1, "mode": "standard"}))
        published(posting)
    assert (emulator.requests["CreateHITType"], len(emulator.market.hits)) == (0, 0)
    assert not posting.intents.filter(state="refused").exists()
    emulator.faults._ordered.clear()
    carry_out(posting)
    assert (lacks_qualifications(posting), len(emulator.market.hits)) == (False, 3)
