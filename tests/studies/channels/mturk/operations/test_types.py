import pytest
from django.utils import timezone

from studies.channels.mturk.client import client_for
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Intent, Posting, Qualification
from studies.channels.mturk.operations import OPERATIONS
from studies.models import Study
from tests.studies.channels.mturk.postings import draft, published

pytestmark = pytest.mark.django_db
Kind = Intent.Operation


def test_a_type_is_asked_for_with_all_that_workers_are_told(emulator: Emulator, study: Study) -> None:
    posting = draft(study, reward_cents=105, keywords="images", needs_masters=False, approval_above=None)
    asked = OPERATIONS[Kind.CREATE_TYPE].request(Intent(posting=posting, operation=Kind.CREATE_TYPE))
    assert asked == {
        "Title": "Compare two images",
        "Description": "One pair.",
        "Keywords": "images",
        "Reward": "1.05",
        "AssignmentDurationInSeconds": 3600,
        "AutoApprovalDelayInSeconds": 7 * 86400,
        "QualificationRequirements": [],
    }
    assert emulator.requests == {}


def test_postings_that_say_the_same_share_a_type(emulator: Emulator, study: Study) -> None:
    one, two = published(draft(study, max_assignments=1)), published(draft(study, max_assignments=1))
    assert one.hit_type_id == two.hit_type_id
    assert len(emulator.market.hit_types) == 1


def test_a_qualification_is_found_by_its_name(emulator: Emulator, posting: Posting) -> None:
    intent = Intent(posting=posting, operation=Kind.CREATE_QUALIFICATION, by="ann", at=timezone.now())
    intent.qualification = Qualification.objects.create(
        environment_name="emulator", study=posting.study, kind=Qualification.Kind.TOOK_PART
    )
    client, operation = client_for(posting.environment), OPERATIONS[Kind.CREATE_QUALIFICATION]
    assert operation.found(client, intent, None) is None
    published(posting)
    there = operation.found(client, intent, None)
    assert there is not None
    assert there["QualificationType"]["QualificationTypeId"] in emulator.market.qualification_types


def test_names_of_qualifications_tell_nothing_of_the_study(study: Study) -> None:
    took_part = Qualification(study=study, kind=Qualification.Kind.TOOK_PART, environment_name="production")
    assert took_part.name == f"Took part in an image study ({study.token})"
    assert study.name not in took_part.name
