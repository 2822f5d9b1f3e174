from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

LogIn = Callable[[str], Client]


@pytest.fixture
def log_in() -> LogIn:
    """The browser of somebody in a role; “nobody” has an account without any."""

    def logged_in(role: str) -> Client:
        user = User.objects.create(username=f"{role}-{User.objects.count()}", is_staff=True)
        user.groups.set(Group.objects.filter(name=role))
        client = Client()
        client.force_login(user)
        return client

    return logged_in
