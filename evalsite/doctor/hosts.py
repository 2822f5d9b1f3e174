"""Where servers are: on this machine, or on another that more machines may reach."""

from studies.channels.loopback import is_loopback


def is_elsewhere(host: str) -> bool:
    """Whether a server's host is another machine; an empty host, or a path, is a file or socket of this one."""
    return bool(host) and not host.startswith("/") and not is_loopback(host)
