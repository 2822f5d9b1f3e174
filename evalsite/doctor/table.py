"""The table of docs/doctor.md, made of what the checks say.

python -m evalsite.doctor.table      writes it anew into the page
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import django

if __name__ == "__main__":
    django.setup()

from evalsite.doctor import running
from evalsite.doctor.catalogue import CHECKS
from evalsite.doctor.findings import Fault

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"
START, END = "<!-- table -->\n", "<!-- end of table -->\n"


def faults() -> Iterator[tuple[str, Fault]]:
    """Every fault that can be found, with the check that finds it; the same of any check last."""
    for check in CHECKS:
        yield from ((check.name, fault) for fault in _of(_module(check.find.__module__)))
    yield from (("any", fault) for fault in _of(running))


def _module(name: str) -> ModuleType:
    return sys.modules[name]


def _of(module: ModuleType) -> list[Fault]:
    return [value for value in vars(module).values() if isinstance(value, Fault)]


def as_markdown() -> str:
    """One row for each fault, in the order of the checks."""
    rows = [f"| {check} | `{each.code}` | {each.level} | {each.cause} | {each.cure} |" for check, each in faults()]
    return "\n".join(["| check | code | level | cause | what to do |", "| --- | --- | --- | --- | --- |", *rows, ""])


def page_with(table: str, page: str) -> str:
    """The page with that table in the place of its own."""
    before, _, rest = page.partition(START)
    return f"{before}{START}{table}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with(as_markdown(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
