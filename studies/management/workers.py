"""How commands name a worker."""

from django.core.management.base import CommandError, CommandParser

from studies.models import Worker


def add_worker_argument(parser: CommandParser) -> None:
    parser.add_argument("worker", help="the worker's pseudonym, as in the votes file")


def worker_named(pseudonym: str) -> Worker:
    """The worker of that pseudonym. Raises CommandError that says where to find it."""
    if worker := Worker.objects.filter(pseudonym=pseudonym).first():
        return worker
    raise CommandError(f"There is no worker “{pseudonym}”. The column “worker” of a votes file holds the pseudonyms.")
