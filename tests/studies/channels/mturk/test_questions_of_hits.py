"""Questions from rows, and the images that they show."""

import pytest
from pytest_django import Settings

from studies.channels.mturk.models import Hit, Posting, SharedImage
from studies.channels.mturk.questions.errors import QuestionRefused
from studies.channels.mturk.questions_of_hits import address_of, comparisons_of, conditions_in_order, key_of, question_of
from studies.channels.mturk.sharing import name_images
from studies.models import Study
from tests.factories_studies import published_study
from tests.studies.channels.mturk.postings import draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator")]


def hit_of(posting: Posting) -> Hit:
    hit = Hit.objects.create(posting=posting, number=1, max_assignments=2)
    hit.comparisons.set(posting.study.comparisons.wanted())
    return hit


def test_the_frame_opens_the_hits_own_page(study: Study, settings: Settings) -> None:
    settings.SITE_URL = "https://votes.example.org"
    hit = hit_of(draft(study, frame_height=700))
    assert address_of(hit) == f"https://votes.example.org/m/{hit.token}/"
    assert f"<ExternalURL>{address_of(hit)}</ExternalURL>" in question_of(hit)
    assert "<FrameHeight>700</FrameHeight>" in question_of(hit)


def test_a_page_over_http_is_refused(study: Study, settings: Settings) -> None:
    settings.SITE_URL = "http://votes.example.org"
    with pytest.raises(QuestionRefused, match="not an https link"):
        question_of(hit_of(draft(study)))


def test_keys_of_comparisons_are_stable_and_differ(study: Study) -> None:
    keys = [key_of(comparison) for comparison in study.comparisons.all()]
    assert len(set(keys)) == 3
    assert keys == [key_of(comparison) for comparison in study.comparisons.all()]
    assert all(key[0] == "c" and key.isalnum() for key in keys)


def test_images_are_named_once_by_names_that_say_nothing(study: Study) -> None:
    posting = draft(study, form=Posting.Form.HTML, bucket="pictures")
    comparisons = comparisons_of(hit_of(posting))
    name_images(posting, comparisons[:1])
    before = dict(SharedImage.objects.values_list("image", "key"))
    name_images(posting, comparisons)
    after = dict(SharedImage.objects.values_list("image", "key"))
    assert before.items() <= after.items()
    assert (len(before), len(after), len(set(after.values()))) == (2, 6, 6)
    for shared in SharedImage.objects.select_related("image"):
        assert str(shared.image_id) != shared.key
        assert str(shared.image.condition_id) not in shared.key


def test_the_neutral_order_holds_each_condition_once_and_differs_between_comparisons() -> None:
    study = published_study(conditions=4, prompts=12)
    posting = draft(study, form=Posting.Form.HTML, bucket="pictures")
    comparisons = comparisons_of(hit_of(posting))
    name_images(posting, comparisons)
    orders = [conditions_in_order(posting, comparison) for comparison in comparisons]
    conditions = sorted(study.conditions.values_list("pk", flat=True))
    assert all(sorted(order) == conditions for order in orders)
    assert len({tuple(order) for order in orders}) > 1  # twelve draws of 24 orders: all alike once in 24^11
