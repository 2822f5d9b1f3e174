"""The question of a HIT in either form, from the rows of its study."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from studies import markdown
from studies.channels.mturk.models import Hit, Posting, SharedImage
from studies.channels.mturk.questions.external import external_question
from studies.channels.mturk.questions.html import HtmlComparison, HtmlPage, html_question
from studies.channels.mturk.questions.images import ImageHost
from studies.models import Comparison
from studies.pages.design import design_of
from studies.pages.entrance_form import EntranceForm


def question_of(hit: Hit) -> str:
    """The XML of a HIT's question. Raises QuestionTooLong, QuestionRefused, LinkExpiresTooEarly and ImageHostRefused."""
    posting = hit.posting
    if posting.form == Posting.Form.EXTERNAL:
        return external_question(address_of(hit), posting.frame_height)
    return page_of(posting, comparisons_of(hit))


def page_of(posting: Posting, comparisons: Sequence[Comparison]) -> str:
    """The XML of a page of its own on these comparisons, whose images have their names. Raises as question_of does."""
    return html_question(_page(posting, comparisons), posting.frame_height)


def address_of(hit: Hit) -> str:
    """Where Mechanical Turk's frame finds a HIT, with the host."""
    return settings.SITE_URL + reverse("mturk_hit", args=[hit.token])


def comparisons_of(hit: Hit) -> list[Comparison]:
    """The comparisons of a HIT in the order of its page."""
    return list(hit.comparisons.select_related("prompt").order_by("pk"))


def key_of(comparison: Comparison) -> str:
    """What a page calls a comparison: it says nothing."""
    return "c" + hashlib.sha256(f"{comparison.study_id}/{comparison.pk}".encode()).hexdigest()[:10]


def image_host(posting: Posting) -> ImageHost:
    """The bucket of a posting whose HITs are pages of their own."""
    prefix, endpoint = f"{posting.token}/", settings.S3_ENDPOINT_URL or None
    return _host(posting.bucket, posting.bucket_region, prefix, posting.images_are_public, endpoint)


@lru_cache(maxsize=16)
def _host(bucket: str, region: str, prefix: str, public: bool, endpoint_url: str | None) -> ImageHost:
    """Kept with its clients, which take long to make; a thousand HITs have one bucket."""
    return ImageHost(bucket, region, prefix, public, endpoint_url)


def conditions_in_order(posting: Posting, comparison: Comparison) -> list[int]:
    """The conditions of a comparison's images in the order that the page holds them."""
    shared = SharedImage.objects.filter(posting=posting, image__comparison=comparison).order_by("position")
    return list(shared.values_list("image__condition", flat=True))


def _page(posting: Posting, comparisons: Sequence[Comparison]) -> HtmlPage:
    design = design_of(posting.study)
    host = image_host(posting)
    with translation.override(posting.study.language):
        agreements = tuple(str(box.label) for box in EntranceForm(posting.study).boxes()[1:])  # the first is the consent
    return HtmlPage(
        language=posting.study.language,
        title=posting.title,
        instructions=design.instructions,
        consent=markdown.render(posting.study.consent),
        submit_to=posting.environment.worker_site,
        comparisons=tuple(_comparison(posting, comparison, host) for comparison in comparisons),
        criteria=tuple((criterion.name, criterion.question) for criterion in design.criteria),
        agreements=agreements,
    )


def _comparison(posting: Posting, comparison: Comparison, host: ImageHost) -> HtmlComparison:
    seconds = posting.lifetime_seconds + posting.assignment_seconds
    keys = SharedImage.objects.filter(posting=posting, image__comparison=comparison).order_by("position")
    return HtmlComparison(
        key=key_of(comparison),
        prompt=comparison.prompt.text,
        note=design_of(posting.study).notes.get(comparison.prompt.prompt_set_id, markdown.render("")),
        images=tuple(host.link(key, seconds) for key in keys.values_list("key", flat=True)),
    )
