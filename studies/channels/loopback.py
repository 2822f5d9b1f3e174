"""Which hosts are this machine itself, where http is as good as https."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
