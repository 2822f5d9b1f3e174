import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from studies.client_address import client_address

PROXY = "10.0.0.1"


def address(forwarded: str, direct: str = PROXY) -> str:
    return client_address(RequestFactory().get("/", REMOTE_ADDR=direct, headers={"X-Forwarded-For": forwarded}))


def test_without_proxies_nobody_is_believed() -> None:
    assert address("198.51.100.7", direct="203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(("proxies", "expected"), [(1, "198.51.100.7"), (2, "203.0.113.9"), (3, "192.0.2.1")])
def test_each_trusted_proxy_stands_for_one_entry_from_the_end(settings: Settings, proxies: int, expected: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert address("192.0.2.1, 203.0.113.9, 198.51.100.7") == expected


@given(lies=st.lists(st.ip_addresses(v=4).map(str) | st.text("abc ,:1", max_size=9), max_size=4))
def test_what_a_visitor_writes_before_the_proxy_s_entry_changes_nothing(lies: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.TRUSTED_PROXIES", 1)
        assert address(", ".join([*lies, "198.51.100.7"])) == "198.51.100.7"


@pytest.mark.parametrize("forwarded", ["", "198.51.100.7", "nobody, 198.51.100.7"])
def test_a_request_past_the_proxies_counts_by_its_connection(settings: Settings, forwarded: str) -> None:
    settings.TRUSTED_PROXIES = 2
    assert address(forwarded) == PROXY


def test_addresses_of_one_household_are_one() -> None:
    first, second = (address("", direct=f"2001:db8:1:2::{last}") for last in ("1", "beef"))
    assert first == second != address("", direct="2001:db8:1:3::1")


def test_an_ipv4_address_is_the_same_written_as_ipv6() -> None:
    assert address("", direct="::ffff:198.51.100.7") == "198.51.100.7"


def test_a_socket_without_an_address_is_one_visitor() -> None:
    assert address("", direct="") == ""
