"""Who may do a HIT: its qualification requirements against what is known of a worker."""

from typing import Any

from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.records import MASTERS_IDS, Worker

APPROVAL_PERCENT, APPROVED_COUNT = "000000000000000000L0", "00000000000000000040"
LOCALE, ADULT = "00000000000000000071", "00000000000000000060"
SYSTEM_IDS = (APPROVAL_PERCENT, APPROVED_COUNT, LOCALE, ADULT, *MASTERS_IDS)

ACCEPT, PREVIEW, DISCOVER = "Accept", "PreviewAndAccept", "DiscoverPreviewAndAccept"
Requirement = dict[str, Any]
NAMES = {
    APPROVAL_PERCENT: "share of approved assignments, in per cent",
    APPROVED_COUNT: "number of approved assignments",
    LOCALE: "country",
    ADULT: "adult content",
    **dict.fromkeys(MASTERS_IDS, "Masters"),
}


def unmet(market: Market, worker: Worker, requirements: tuple[Requirement, ...]) -> list[Requirement]:
    """The requirements that this worker does not meet."""
    return [each for each in requirements if not _met(market, worker, each)]


def guards(requirement: Requirement, action: str) -> bool:
    """Whether an unmet requirement forbids to discover, preview or accept. Each level guards what comes after it, too."""
    levels = (DISCOVER, PREVIEW, ACCEPT)
    by_default = PREVIEW if requirement.get("RequiredToPreview") else ACCEPT
    return levels.index(requirement.get("ActionsGuarded", by_default)) <= levels.index(action)


def described(market: Market, requirement: Requirement) -> str:
    """A requirement in words, for the worker's site."""
    type_id = requirement["QualificationTypeId"]
    own = market.qualification_types.get(type_id)
    name = own.name if own else NAMES.get(type_id, type_id)
    values = [str(value) for value in requirement.get("IntegerValues", [])]
    values += ["-".join(filter(None, _place(value))) for value in requirement.get("LocaleValues", [])]
    return f"{name}: {_words(requirement['Comparator'])} {', '.join(values)}".strip()


def _words(comparator: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in comparator).strip()


def _met(market: Market, worker: Worker, requirement: Requirement) -> bool:
    comparator = requirement["Comparator"]
    if requirement["QualificationTypeId"] == LOCALE:
        lives = any(_lives_in(worker, place) for place in requirement["LocaleValues"])
        return lives == (comparator in ("EqualTo", "In"))
    value = _value(market, worker, requirement["QualificationTypeId"])
    if comparator in ("Exists", "DoesNotExist"):
        return bool(value is not None) is bool(comparator == "Exists")
    return value is not None and _compare(value, comparator, requirement["IntegerValues"])


def _value(market: Market, worker: Worker, type_id: str) -> int | None:
    """The worker's score in a qualification; None without it."""
    if type_id in MASTERS_IDS:
        return 1 if worker.masters else None
    known = {APPROVAL_PERCENT: worker.approval_rate, APPROVED_COUNT: worker.approved_count, ADULT: int(worker.adult)}
    if type_id in known:
        return known[type_id]
    grant = market.grants.get((type_id, worker.id))
    return grant.value if grant and not grant.revoked else None


def _compare(value: int, comparator: str, values: list[int]) -> bool:
    first = values[0]
    outcomes = {
        "LessThan": value < first,
        "LessThanOrEqualTo": value <= first,
        "GreaterThan": value > first,
        "GreaterThanOrEqualTo": value >= first,
        "EqualTo": value == first,
        "NotEqualTo": value != first,
        "In": value in values,
        "NotIn": value not in values,
    }
    return outcomes[comparator]


def _place(locale: dict[str, str]) -> tuple[str, str]:
    return locale["Country"], locale.get("Subdivision", "")


def _lives_in(worker: Worker, locale: dict[str, str]) -> bool:
    country, subdivision = _place(locale)
    return worker.country == country and subdivision in ("", worker.subdivision)
