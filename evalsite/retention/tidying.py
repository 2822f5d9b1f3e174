"""All that goes by itself: found, and deleted, kind by kind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session as Login
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat

from evalsite.retention.garbage import Garbage, delete_garbage, find_garbage
from evalsite.retention.personal_data import forget_people, personal_data
from evalsite.retention.results import delete_left_folders, left_folders
from studies.models import Attempt
from studies.rate_limit import HOUR


@dataclass(frozen=True)
class Kind:
    """One kind of thing that goes. find, delete: what would be deleted, or was, in words."""

    name: str
    find: Callable[[datetime], str]
    delete: Callable[[datetime], str]


def would_go(now: datetime) -> Iterator[str]:
    """What would be deleted, in a line for each kind."""
    return (f"{kind.name}: {kind.find(now)}" for kind in KINDS)


def tidy(now: datetime) -> Iterator[str]:
    """Delete what is due, and say so in a line for each kind. Raises TooMuch, after all else is done."""
    return (f"{kind.name}: {kind.delete(now)}" for kind in KINDS)


def _logins(now: datetime) -> QuerySet[Login]:
    return Login.objects.filter(expire_date__lt=now)


def _attempts(now: datetime) -> QuerySet[Attempt]:
    return Attempt.objects.filter(at__lte=now - HOUR)


def _size(garbage: Garbage) -> str:
    return f"{garbage.files} ({filesizeformat(garbage.size)})"


def _lines(done: list[str]) -> str:
    return "; ".join(done) or "none"


KINDS = (
    Kind("ended logins", lambda now: str(_logins(now).count()), lambda now: str(_logins(now).delete()[0])),
    Kind("addresses' attempts", lambda now: str(_attempts(now).count()), lambda now: str(_attempts(now).delete()[0])),
    Kind(
        "folders of earlier results",
        lambda now: str(sum(1 for _ in left_folders(now))),
        lambda now: str(delete_left_folders(now)),
    ),
    Kind(
        "what leads to people",
        lambda now: _lines([f"“{found.study}”: {found}" for found in personal_data(now)]),
        lambda now: _lines(forget_people(now)),
    ),
    Kind("files that no row names", lambda now: _size(find_garbage(now)), lambda now: _size(delete_garbage(now))),
)
