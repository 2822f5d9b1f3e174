"""What the page of a condition tells of each method: rule, source, scheduler, settings, presets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generation.methods import METHODS, Method, describe
from generation.methods.settings import presets_of
from generation.models.conditions import Scheduler

THIRD_PARTY = re.compile(r"\bnote\b")  # how a module says that its rule was read by somebody else


@dataclass(frozen=True)
class MethodPage:
    """A method in words.

    title: what it is. rule: its paper and equations. source: how sure we are of them; is_third_party_reading: not checked
    against the paper, in whole or in part. schedulers: the only ones that it holds under, if so, as forms call them.
    presets: their names and values.
    """

    name: str
    title: str
    rule: str
    source: str
    is_third_party_reading: bool
    is_intermediate: bool
    schedulers: tuple[str, ...]
    settings: list[str]
    presets: list[tuple[str, str]]


def method_pages() -> list[MethodPage]:
    """All methods of the registry in words."""
    return [_page(name, method) for name, method in METHODS.items()]


def _page(name: str, method: Method) -> MethodPage:
    title, _, rule = method.paper.partition("\n\n")
    return MethodPage(
        name=name,
        title=title.rstrip("."),
        rule=rule.partition("Provenance: ")[0].strip(),
        source=method.provenance,
        is_third_party_reading=bool(THIRD_PARTY.search(method.provenance)),
        is_intermediate=method.is_intermediate,
        schedulers=tuple(Scheduler(scheduler).label for scheduler in method.schedulers),
        settings=describe(method.settings),
        presets=list(_presets(method)),
    )


def _presets(method: Method) -> Iterator[tuple[str, str]]:
    for name, values in presets_of(method.settings).items():
        yield name, ", ".join(f"{setting} {value}" for setting, value in values.items())
