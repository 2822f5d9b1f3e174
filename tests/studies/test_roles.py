import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command

from studies.roles import DECIDE_EXCLUSIONS, ROLES, RUN_STUDY, SEE_RESULTS

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_PASSWORD", PASSWORD)


def add(name: str, role: str) -> User:
    call_command("add_user", name, "--role", role, "--password-env", "NEW_PASSWORD")
    return User.objects.get(username=name)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("researcher", {SEE_RESULTS, RUN_STUDY, DECIDE_EXCLUSIONS, "studies.change_study", "generation.add_run"}),
        ("assistant", {RUN_STUDY, DECIDE_EXCLUSIONS}),
        ("auditor", {SEE_RESULTS}),
    ],
)
def test_each_role_may_do_what_the_table_says(role: str, may: set[str]) -> None:
    user = add("somebody", role)
    asked = {SEE_RESULTS, RUN_STUDY, DECIDE_EXCLUSIONS, "studies.change_study", "generation.add_run"}
    assert {permission for permission in asked if user.has_perm(permission)} == may
    assert user.has_perms(["studies.view_study", "generation.view_image"])
    assert user.has_perms(["mturk.view_posting", "panel.view_panellink", "prolific.view_prolificstudy"])
    assert not user.has_perm("auth.add_user")


def test_an_auditor_may_change_nothing_at_all() -> None:
    verbs = {name.split(".")[1].split("_")[0] for name in add("somebody", "auditor").get_all_permissions()}
    assert verbs == {"view", "see"}


def test_groups_are_put_right_after_a_migration() -> None:
    group = Group.objects.get(name="assistant")
    group.permissions.add(Permission.objects.get(codename="see_results"))
    Group.objects.filter(name="auditor").delete()
    call_command("migrate", verbosity=0)
    assert not group.permissions.filter(codename="see_results").exists()
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_new_user_can_log_in() -> None:
    user = add("rita", "researcher")
    assert user.check_password(PASSWORD)
    assert (user.is_staff, user.is_superuser) == (True, False)


def test_a_user_with_a_weak_password_or_a_taken_name_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    add("rita", "researcher")
    with pytest.raises(CommandError, match="already exists"):
        add("rita", "auditor")
    monkeypatch.setenv("NEW_PASSWORD", "abc")
    with pytest.raises(CommandError, match="too short"):
        add("ana", "assistant")
    assert User.objects.count() == 1


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(CommandError, match="The variable NO_SUCH_THING is not set"):
        call_command("add_user", "rita", "--role", "researcher", "--password-env", "NO_SUCH_THING")


def test_a_password_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["a good password", "a god password"])
    monkeypatch.setattr("studies.management.commands.add_user.getpass", lambda _: next(typed))
    with pytest.raises(CommandError, match="The two passwords differ"):
        call_command("add_user", "rita", "--role", "researcher")
