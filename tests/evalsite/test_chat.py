from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured

from evalsite import chat

VARIABLE = "EVALSITE_CHAT"


@pytest.mark.parametrize("value", ["", "https://api.openai.com/v1", "http://127.0.0.1:8100/v1", "http://[::1]:8100"])
def test_an_address_is_kept_without_the_slash_at_its_end(value: str) -> None:
    assert chat.address(VARIABLE, value) == chat.address(VARIABLE, value and f"{value}/") == value


@pytest.mark.parametrize(
    "value",
    [
        "api.openai.com/v1",
        "ftp://example.org",
        "https://",
        "https://ann:geheim@example.org/v1",
        "https://example.org/v1?api-key=geheim",
        "https://example.org:port/geheim",
        "https://[geheim",
    ],
)
def test_another_address_is_refused_and_never_shown(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{VARIABLE} must look like https://") as raised:
        chat.address(VARIABLE, value)
    assert "geheim" not in str(raised.value)


def test_a_key_is_one_word_and_never_shown() -> None:
    assert chat.key(VARIABLE, " sk-geheim\n") == "sk-geheim"
    for value in ("sk geheim", "sk-geheim\nsk", "sk-gehéim"):
        with pytest.raises(ImproperlyConfigured, match=f"{VARIABLE} must be one word") as raised:
            chat.key(VARIABLE, value)
        assert value not in str(raised.value)


def test_prices_are_by_model_for_a_million_tokens_asked_and_answered() -> None:
    assert chat.prices(VARIABLE, "") == {}
    assert chat.prices(VARIABLE, "gpt-4o=2.50/10, meta/llama:8b = 0/0,") == {
        "gpt-4o": (Decimal("2.50"), Decimal(10)),
        "meta/llama:8b": (Decimal(0), Decimal(0)),
    }


@pytest.mark.parametrize("value", ["gpt-4o", "gpt-4o=2.50", "gpt-4o=a/b", "=1/2", "gpt-4o=-1/2", "gpt-4o=NaN/1"])
def test_prices_that_are_none_are_refused(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{VARIABLE} must look like MODEL=PROMPT/COMPLETION, .* not '{value}'"):
        chat.prices(VARIABLE, value)


def test_a_budget_is_an_amount_or_none() -> None:
    assert (chat.budget(VARIABLE, ""), chat.budget(VARIABLE, "12.50")) == (None, Decimal("12.50"))
    for value in ("much", "-1", "inf"):
        with pytest.raises(ImproperlyConfigured, match=f"{VARIABLE} must be an amount such as 20"):
            chat.budget(VARIABLE, value)
