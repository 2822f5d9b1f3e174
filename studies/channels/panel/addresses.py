"""Addresses at a panel, with placeholders for what a participant brought: “https://panel.example/done?id={id}”."""

import re
from collections.abc import Container, Mapping
from urllib.parse import quote, urlsplit

from studies.channels.loopback import is_loopback
from studies.errors import StudyError

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class FaultyAddress(StudyError):
    """An address to which nobody could be sent."""


def check(address: str, known: Container[str]) -> None:
    """Raise FaultyAddress, with a sentence, for an address that browsers do not follow or with an unknown placeholder."""
    if not address.isprintable() or " " in address:
        raise FaultyAddress("An address holds no blanks; write %20 for one.")
    if unknown := [name for name in PLACEHOLDER.findall(address) if name not in known]:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise FaultyAddress(f"Nothing is known to put in the place of {names}. Name it among the parameters, or take it out.")
    if re.search("[{}]", PLACEHOLDER.sub("", address)):
        raise FaultyAddress("A brace stands alone; placeholders look like {id}.")
    _check_host(address)


def filled(address: str, values: Mapping[str, str]) -> str:
    """The address with each placeholder's value in its place, encoded so that it stays one value; nothing for one not there."""
    return PLACEHOLDER.sub(lambda found: quote(values.get(found[1], ""), safe=""), address)


def _check_host(address: str) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port  # which is read only now
    except ValueError as error:
        raise FaultyAddress("This is no address; it should look like https://panel.example/done?id={id}.") from error
    if not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        raise FaultyAddress("Write the whole address, from https:// on; http:// is for this machine alone.")
    if not host or "@" in parts.netloc:
        raise FaultyAddress("After https:// comes the panel's own host, without a user name.")
    if "{" in parts.netloc:
        raise FaultyAddress("A placeholder may stand behind the host, never in it: people would be sent anywhere.")
