"""Which network address a request comes from, as far as anybody can be believed."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

HOUSEHOLD = 64  # bits of an IPv6 address that one customer of a provider shares, and the rest is theirs to change at will


def client_address(request: HttpRequest) -> str:
    """The visitor's address; for IPv6 the network of its household.

    Each trusted proxy appends the address that it was reached from, so the visitor's own stands as many entries from the
    end as there are proxies. What stands before it is the visitor's own word and never believed; nor is the header if it
    is too short or no address, because such a request did not come through our proxies.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    forwarded = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    told = forwarded[-proxies] if 1 <= proxies <= len(forwarded) else direct
    return _network(told) or _network(direct) or direct


def _network(text: str) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return str(_household(address))


def _household(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Network:
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Network((int(address), HOUSEHOLD), strict=False)
