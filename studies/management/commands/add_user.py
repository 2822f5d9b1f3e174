import os
from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from studies.roles import ROLES


class Command(BaseCommand):
    help = "Add somebody to the admin, in one of the roles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name to log in with")
        parser.add_argument("--role", required=True, choices=list(ROLES))
        parser.add_argument("--password-env", metavar="VARIABLE", help="read the password from this variable, not the keyboard")

    @transaction.atomic
    def handle(self, *, name: str, role: str, password_env: str | None, **_: Any) -> None:
        user = User(username=name, is_staff=True)
        password = _from_environment(password_env) if password_env else _asked()
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        user.save()
        user.groups.add(Group.objects.get(name=role))
        self.stdout.write(f"“{name}” may log in as {role}.")


def _from_environment(variable: str) -> str:
    if variable not in os.environ:
        raise CommandError(f"The variable {variable} is not set; set it to the password.")
    return os.environ[variable]


def _asked() -> str:
    password = getpass("Password: ")
    if password != getpass("Password again: "):
        raise CommandError("The two passwords differ; try again.")
    return password
