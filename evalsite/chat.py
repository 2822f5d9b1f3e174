"""How a chat endpoint is configured: its address, its key, what it costs. Wrong values are refused by the variable's name."""

from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

Prices = dict[str, tuple[Decimal, Decimal]]


def address(variable: str, value: str) -> str:
    """The endpoint's address, without a slash at its end; empty for none.

    Raises ImproperlyConfigured, which never shows the address: it may hold a password.
    """
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        known = False
    if value and not (known and parts.username is None and not parts.query and not parts.fragment):
        raise ImproperlyConfigured(
            f"{variable} must look like https://api.openai.com/v1: with http:// or https://, without a user, a key or options "
            f"after “?”, because it is kept with every answer."
        )
    return value.rstrip("/")


def key(variable: str, value: str) -> str:
    """The key, as a header can carry it. Raises ImproperlyConfigured, which does not show it."""
    value = value.strip()
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        raise ImproperlyConfigured(f"{variable} must be one word of ASCII letters, digits and signs.")
    return value


def prices(variable: str, value: str) -> Prices:
    """Prices per million prompt and completion tokens by model, from “gpt-4o=2.50/10, llama=0/0”."""
    found: Prices = {}
    for entry in filter(None, (part.strip() for part in value.split(","))):
        model, _, both = entry.rpartition("=")
        prompt, _, completion = both.partition("/")
        try:
            found[model.strip()] = (_amount(prompt), _amount(completion))
        except (InvalidOperation, ValueError):
            model = ""
        if not model.strip():
            raise ImproperlyConfigured(
                f"{variable} must look like MODEL=PROMPT/COMPLETION, MODEL=PROMPT/COMPLETION, with prices per million tokens, "
                f"not {entry!r}."
            )
    return found


def budget(variable: str, value: str) -> Decimal | None:
    """The most to be spent in all; None for no limit."""
    try:
        return _amount(value) if value else None
    except (InvalidOperation, ValueError):
        raise ImproperlyConfigured(f"{variable} must be an amount such as 20 or 12.50, not {value!r}.") from None


def _amount(text: str) -> Decimal:
    amount = Decimal(text.strip())
    if not amount.is_finite() or amount < 0:
        raise ValueError(text)
    return amount
