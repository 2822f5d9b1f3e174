"""The authorities that https trusts, read once a process: it takes longer than most calls."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What httpx trusts unless it is told otherwise."""
    return httpx.create_ssl_context()
