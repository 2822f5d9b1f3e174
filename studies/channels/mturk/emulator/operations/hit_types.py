"""What HITs have in common, and what they ask of workers."""

from dataclasses import replace
from typing import Any

from studies.channels.mturk.emulator.account import cents_of
from studies.channels.mturk.emulator.errors import out_of_range, request_error
from studies.channels.mturk.emulator.market import Market, new_id
from studies.channels.mturk.emulator.records import HitType
from studies.channels.mturk.emulator.requirements import LOCALE, SYSTEM_IDS

DAY_SECONDS = 24 * 60 * 60
LONGEST_SECONDS, SHORTEST_SECONDS = 365 * DAY_SECONDS, 30
AUTO_APPROVAL_SECONDS = 30 * DAY_SECONDS  # by default, and at most
MOST_REQUIREMENTS, MOST_INTEGERS, MOST_LOCALES = 10, 15, 30
BY_PRESENCE, BY_SET = ("Exists", "DoesNotExist"), ("In", "NotIn")
OF_LOCALES = ("EqualTo", "NotEqualTo", *BY_SET)


def create_hit_type(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    return {"HITTypeId": registered(market, request).id}


def registered(market: Market, request: dict[str, Any]) -> HitType:
    """The HIT type with these values, made if there is none yet. Raises Refused."""
    check_length("Title", request["Title"], 128)
    check_length("Description", request["Description"], 2000)
    check_length("Keywords", request.get("Keywords", ""), 1000, least=0)
    check_between("AssignmentDurationInSeconds", request["AssignmentDurationInSeconds"], SHORTEST_SECONDS, LONGEST_SECONDS)
    delay = request.get("AutoApprovalDelayInSeconds", AUTO_APPROVAL_SECONDS)
    check_between("AutoApprovalDelayInSeconds", delay, 0, AUTO_APPROVAL_SECONDS)
    requirements = request.get("QualificationRequirements", [])
    if len(requirements) > MOST_REQUIREMENTS:
        raise out_of_range("QualificationRequirements", f"at most {MOST_REQUIREMENTS}")
    for requirement in requirements:
        _check_requirement(market, requirement)
    return _kept(market, _hit_type(request, delay, requirements))


def check_length(field: str, text: str, most: int, *, least: int = 1) -> None:
    """Raise Refused for a text that is shorter or longer, in characters."""
    if not least <= len(text) <= most:
        raise out_of_range(field, f"{least} to {most:,} characters long")


def check_between(field: str, number: int, least: int, most: int) -> None:
    """Raise Refused for a number outside of these two."""
    if not least <= number <= most:
        raise out_of_range(field, f"between {least:,} and {most:,}")


def _hit_type(request: dict[str, Any], delay: int, requirements: list[dict[str, Any]]) -> HitType:
    return HitType(
        id="",
        group_id="",
        title=request["Title"],
        description=request["Description"],
        keywords=request.get("Keywords"),
        reward_cents=cents_of(request["Reward"]),
        duration_seconds=request["AssignmentDurationInSeconds"],
        auto_approval_seconds=delay,
        requirements=tuple(requirements),
    )


def _kept(market: Market, wanted: HitType) -> HitType:
    """The one there is with the same values, or this one, with an id."""
    for there in market.hit_types.values():
        if replace(there, id="", group_id="") == wanted:
            return there
    kept = replace(wanted, id=new_id(), group_id=new_id())
    market.hit_types[kept.id] = kept
    return kept


def _check_requirement(market: Market, requirement: dict[str, Any]) -> None:
    type_id, comparator = requirement["QualificationTypeId"], requirement["Comparator"]
    if type_id not in SYSTEM_IDS and type_id not in market.qualification_types:
        raise request_error("QualificationTypeDoesNotExist", f"QualificationType {type_id} does not exist.")
    if "RequiredToPreview" in requirement and "ActionsGuarded" in requirement:
        raise out_of_range("ActionsGuarded", "given without RequiredToPreview, which it replaces")
    integers, locales = requirement.get("IntegerValues", []), requirement.get("LocaleValues", [])
    if type_id == LOCALE:
        _check_locales(comparator, integers, locales)
    else:
        _check_integers(comparator, integers, locales)


def _check_locales(comparator: str, integers: list[int], locales: list[dict[str, str]]) -> None:
    if comparator not in OF_LOCALES or integers:
        raise out_of_range("Comparator", f"one of {', '.join(OF_LOCALES)} with LocaleValues, for a locale")
    most = MOST_LOCALES if comparator in BY_SET else 1
    check_between(f"The number of LocaleValues with {comparator}", len(locales), 1, most)


def _check_integers(comparator: str, integers: list[int], locales: list[dict[str, str]]) -> None:
    if locales:
        raise out_of_range("LocaleValues", "given for the locale alone")
    if comparator in BY_PRESENCE:
        check_between(f"The number of IntegerValues with {comparator}", len(integers), 0, 0)
        return
    most = MOST_INTEGERS if comparator in BY_SET else 1
    check_between(f"The number of IntegerValues with {comparator}", len(integers), 1, most)
