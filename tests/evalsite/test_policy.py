"""The security policy is on every answer: pages of workers and researchers, files, redirects and errors."""

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

POLICY = {
    "default-src": "'none'",
    "img-src": "'self'",
    "style-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(f"{request.path} is broken")


urlpatterns = [path("broken/", fail), path("", include("evalsite.urls"))]


def policy_of(response: HttpResponseBase) -> dict[str, str]:
    """The directives of an answer, in whatever order."""
    directives = response.headers["Content-Security-Policy"].split("; ")
    return dict(directive.split(" ", maxsplit=1) for directive in directives)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/admin/", 200),
        ("/admin/studies/study/add/", 200),
        ("/admin/studies/study", 301),
        ("/admin/studies/study/1/change/", 302),
        ("/static/admin/css/base.css", 200),
        ("/nowhere/", 404),
        ("/results/1/files/tables.html", 404),
    ],
)
def test_what_a_researcher_is_answered_carries_the_policy(researcher: Client, address: str, status: int) -> None:
    response = researcher.get(address)
    list(response)  # a file is closed once it is read
    assert response.status_code == status
    assert policy_of(response) == POLICY


@pytest.mark.django_db
def test_what_a_stranger_is_answered_carries_the_policy(client: Client) -> None:
    assert policy_of(client.get("/admin/login/")) == POLICY
    assert policy_of(client.get("/s/nothing/")) == POLICY


def test_a_refused_form_carries_the_policy() -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/")
    assert response.status_code == 403
    assert policy_of(response) == POLICY


def test_a_refused_host_carries_the_policy(client: Client) -> None:
    response = client.get("/admin/login/", headers={"host": "elsewhere.example.org"})
    assert response.status_code == 400
    assert policy_of(response) == POLICY


@pytest.mark.urls(__name__)
def test_a_broken_page_carries_the_policy() -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert policy_of(response) == POLICY


def test_a_redirect_to_https_carries_the_policy(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/admin/login/")
    assert response.status_code == 301
    assert policy_of(response) == POLICY


def test_debugging_changes_nothing_for_pages_that_work(client: Client, settings: Settings) -> None:
    settings.DEBUG = True
    assert policy_of(client.get("/admin/login/")) == POLICY
