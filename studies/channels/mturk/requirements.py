"""Who may take a HIT, as Mechanical Turk's qualification requirements say it."""

from collections.abc import Iterator
from typing import Any

from studies.channels.mturk.models import Posting, Qualification

APPROVAL_RATE, APPROVED = "000000000000000000L0", "00000000000000000040"
LOCALE, ADULT = "00000000000000000071", "00000000000000000060"
MOST_REQUIREMENTS = 10
# Whoever does not qualify sees that a HIT is there, but neither its page nor its images.
GUARDED = "PreviewAndAccept"


def own_qualifications(posting: Posting) -> list[tuple[str, int]]:
    """The qualifications of our own that its requirements name: the kind and the key of the study."""
    named = []
    if posting.keeps_out_earlier:
        studies = posting.study.earlier_studies.order_by("pk")
        named += [(Qualification.Kind.TOOK_PART.value, study.pk) for study in studies]
    if posting.needs_quiz_of:
        named.append((Qualification.Kind.PASSED_QUIZ.value, posting.needs_quiz_of.pk))
    return named


def lacks_qualifications(posting: Posting) -> bool:
    """Whether Mechanical Turk does not have all qualifications of our own yet that the requirements name."""
    there = Qualification.objects.filter(environment_name=posting.environment_name).exclude(type_id="")
    return not set(own_qualifications(posting)) <= set(there.values_list("kind", "study"))


def requirements_of(posting: Posting) -> list[dict[str, Any]]:
    """QualificationRequirements for CreateHITType; the types of our own qualifications must be there already."""
    return [{**requirement, "ActionsGuarded": GUARDED} for requirement in _requirements(posting)]


def _requirements(posting: Posting) -> Iterator[dict[str, Any]]:
    if posting.needs_masters:
        yield {"QualificationTypeId": posting.environment.masters, "Comparator": "Exists"}
    if posting.approval_above is not None:
        yield _greater(APPROVAL_RATE, posting.approval_above)
    if posting.approved_above is not None:
        yield _greater(APPROVED, posting.approved_above)
    if codes := posting.country_codes:
        yield {"QualificationTypeId": LOCALE, "Comparator": "In", "LocaleValues": [{"Country": code} for code in codes]}
    if posting.needs_adults:
        yield {"QualificationTypeId": ADULT, "Comparator": "EqualTo", "IntegerValues": [1]}
    for kind, study in own_qualifications(posting):
        yield {"QualificationTypeId": _type_id(posting, kind, study), "Comparator": _comparator(kind)}


def _greater(type_id: str, value: int) -> dict[str, Any]:
    return {"QualificationTypeId": type_id, "Comparator": "GreaterThan", "IntegerValues": [value]}


def _type_id(posting: Posting, kind: str, study: int) -> str:
    return Qualification.objects.get(environment_name=posting.environment_name, kind=kind, study=study).type_id


def _comparator(kind: str) -> str:
    return "DoesNotExist" if kind == Qualification.Kind.TOOK_PART else "Exists"
