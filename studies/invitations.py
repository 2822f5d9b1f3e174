"""Invitations: a list of people in, a personal link for each of them out.

Only the name is kept, beside the link that it stands for; an email address or anything else in the list is not even read.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from studies.channels.base import channel_for
from studies.errors import NotInvited
from studies.models import PersonalLink, Study, Worker
from studies.models.study import new_token, validate_one_line
from studies.models.worker import hashed

COLUMN = "name"
LARGEST = 1_000_000  # bytes
LONGEST_NAME = 200
FORMULA_STARTS = tuple("=+-@＝＋－＠")


class ListOfPeople(Protocol):
    """A file as it was uploaded, or opened by a command."""

    @property
    def name(self) -> str | None: ...

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Invited:
    """A person of the list, and the link to send."""

    name: str
    link: str


def invite(study: Study, file: ListOfPeople) -> list[Invited]:
    """A personal link for everybody in a CSV file with a column “name”, in its order.

    Whoever has a link already keeps it. The same name means the same person: whom another study invited by it is the same
    worker here. Raises NotInvited, with a sentence for every fault of the file; nobody is invited then.
    """
    names = names_in(file.name or "The file", file.read(LARGEST + 1))
    with transaction.atomic():
        # One list at a time on the whole site: the same name in two would get two links, or become two workers.
        list(Study.objects.select_for_update().order_by("pk").values_list("pk"))
        invited = _links_by_name(study.personal_links.all())
        _add_links(study, [name for name in names if name not in invited])
        links = _links_by_name(study.personal_links.all())
    return [Invited(name, links[name].address) for name in names]


def names_in(file: str, content: bytes) -> list[str]:
    """The names in a CSV file. Raises NotInvited, with a sentence for every fault, by file and line."""
    rows = _rows(file, _text(file, content))
    _, header = next(rows, (1, []))
    columns = [column.strip().lower() for column in header]
    if columns.count(COLUMN) != 1:
        raise NotInvited(
            [f"{file}, line 1: the first line must name the columns, separated by commas, one of them “{COLUMN}”."]
        )
    people = [(line, row, row[columns.index(COLUMN)].strip() if len(row) == len(columns) else "") for line, row in rows]
    faults = [f"{file}, line {line}: {fault}" for line, fault in _faults(people, len(columns))]
    if faults or not people:
        raise NotInvited(faults or [f"{file}: there is nobody in it below the first line."])
    return [name for _, _, name in people]


def links_csv(invited: Sequence[Invited]) -> str:
    """The columns name and link. A name that a spreadsheet would take for a formula gets an apostrophe in front."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("name", "link"))
    writer.writerows((_harmless(person.name), person.link) for person in invited)
    return file.getvalue()


def _text(file: str, content: bytes) -> str:
    if not file.lower().endswith(".csv"):
        raise NotInvited([f"{file}: this must be a CSV file, its name ending in .csv. A spreadsheet can be saved as one."])
    if len(content) > LARGEST:
        raise NotInvited([f"{file}: the file is larger than 1 MB. Split it into several."])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotInvited([f"{file}, line {line}: this is not UTF-8 text. Save the list as “CSV UTF-8”."]) from error


def _rows(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The number of the line that a row ends on, and its fields; empty lines are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield reader.line_num, row
    except csv.Error as error:
        fault = f"{file}, line {reader.line_num}: this is not CSV ({error}). Look at its quotation marks."
        raise NotInvited([fault]) from error


def _faults(people: Sequence[tuple[int, list[str], str]], columns: int) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for line, row, name in people:
        if len(row) != columns:
            yield line, f"{len(row)} fields where the first line has {columns}. A name with a comma needs quotation marks."
        elif fault := _fault_of_name(name):
            yield line, fault
        elif name in seen:
            yield line, f"“{name}” is in line {seen[name]} already. Tell the two apart, or take one out."
        else:
            seen[name] = line


def _fault_of_name(name: str) -> str | None:
    if not name:
        return "the name is empty."
    if len(name) > LONGEST_NAME:
        return f"the name is longer than {LONGEST_NAME} characters."
    try:
        validate_one_line(name)
    except ValidationError as error:
        return f"“{name}”: {error.message}"
    return None


def _links_by_name(links: QuerySet[PersonalLink]) -> dict[str, PersonalLink]:
    """Of people who were invited, not the ways back that others were given; the newest of each name."""
    return {link.name: link for link in links.filter(rehearsal=False).exclude(name="").order_by("pk")}


def _add_links(study: Study, names: Sequence[str]) -> None:
    """A link for each name, in a few queries however long the list is."""
    known = _links_by_name(PersonalLink.objects.exclude(study=study))
    strangers = _new_workers([name for name in names if name not in known])
    people = {name: (known[name].worker_id, known[name].channel_id) for name in names if name in known} | strangers
    # Whoever came by the voting link has a way back, and so a link without a name; it becomes the invitation.
    PersonalLink.objects.bulk_create(
        [
            PersonalLink(study=study, worker_id=worker_id, channel_id=channel_id, name=name)
            for name, (worker_id, channel_id) in people.items()
        ],
        update_conflicts=True,
        unique_fields=["study", "worker", "rehearsal"],
        update_fields=["name"],
    )


def _new_workers(names: Sequence[str]) -> dict[str, tuple[int, str]]:
    """For each name the number of a new worker, and what the worker's browser will be known as."""
    channel = channel_for(rehearsal=False).name
    ids = [new_token() for _ in names]
    workers = Worker.objects.bulk_create(Worker(channel=channel, hashed_id=hashed(channel, channel_id)) for channel_id in ids)
    return {name: (worker.pk, channel_id) for name, worker, channel_id in zip(names, workers, ids, strict=True)}


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA_STARTS) else name
