"""The table of roles: who may do what. Groups of users hold it, and are kept in line with it after every migration."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

SEE_RESULTS = "studies.see_results"
RUN_STUDY = "studies.run_study"
DECIDE_EXCLUSIONS = "studies.decide_exclusions"

APPS = ("generation", "studies", "mturk", "prolific", "panel")


@dataclass(frozen=True)
class Role:
    """What a group of users may do.

    does: with every kind of row of the apps. may: permissions beyond that.
    """

    name: str
    does: tuple[str, ...]
    may: tuple[str, ...]

    def permissions(self) -> Q:
        """The permissions of this role."""
        wanted = Q(codename__in=[permission.split(".")[1] for permission in self.may])
        for verb in self.does:
            wanted |= Q(codename__startswith=f"{verb}_")
        return Q(content_type__app_label__in=APPS) & wanted


ROLES = {
    role.name: role
    for role in (
        Role("researcher", ("add", "change", "delete", "view"), (SEE_RESULTS, RUN_STUDY, DECIDE_EXCLUSIONS)),
        Role("assistant", ("view",), (RUN_STUDY, DECIDE_EXCLUSIONS)),
        Role("auditor", ("view",), (SEE_RESULTS,)),
    )
}


def keep_groups_in_line(using: str, **_: Any) -> None:
    """Give each role's group exactly the permissions of the table; called after every migration."""
    for role in ROLES.values():
        group, _created = Group.objects.using(using).get_or_create(name=role.name)
        group.permissions.set(Permission.objects.using(using).filter(role.permissions()))
