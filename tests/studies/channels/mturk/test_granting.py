import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.granting import grant_to
from studies.channels.mturk.models import Intent, Posting, Qualification
from studies.channels.mturk.polling import poll
from studies.models import Worker
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db


def test_whoever_hands_in_has_taken_part(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    for number in (1, 2):
        work(emulator, client, "A1", posting.hits.get(number=number).hit_id)
    poll(posting, timezone.now())
    carry_out(posting)
    took_part = Qualification.objects.get(kind=Qualification.Kind.TOOK_PART)
    assert list(emulator.market.grants) == [(took_part.type_id, "A1")]
    assert emulator.requests["AssociateQualificationWithWorker"] == 1


def test_a_worker_gets_it_once_however_often_it_is_asked_for(posting: Posting) -> None:
    published(posting)
    worker = Worker.objects.known_as("mturk-emulator", "A1", plain_id="A1")
    for _ in range(3):
        grant_to(posting, Qualification.Kind.TOOK_PART, [worker, worker], timezone.now())
    assert Intent.objects.filter(operation=Intent.Operation.GRANT).count() == 1


def test_what_the_study_has_no_qualification_for_is_not_granted(posting: Posting) -> None:
    published(posting)
    worker = Worker.objects.known_as("mturk-emulator", "A1", plain_id="A1")
    grant_to(posting, Qualification.Kind.PASSED_QUIZ, [worker], timezone.now())
    assert not Intent.objects.filter(operation=Intent.Operation.GRANT).exists()


def test_a_grant_waits_until_its_qualification_is_there(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    worker = Worker.objects.known_as("mturk-emulator", "A1", plain_id="A1")
    (known,) = Qualification.objects.values_list("type_id", flat=True)
    Qualification.objects.update(type_id="")
    grant_to(posting, Qualification.Kind.TOOK_PART, [worker], timezone.now())
    carry_out(posting)
    grant = Intent.objects.get(operation=Intent.Operation.GRANT)
    assert (grant.state, grant.tries) == (Intent.State.WANTED, 0)
    Qualification.objects.update(type_id=known)
    carry_out(posting)
    assert (known, "A1") in emulator.market.grants
