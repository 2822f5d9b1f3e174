import pytest
from django.core.exceptions import ImproperlyConfigured

from evalsite import channels

VARIABLE = "MTURK_ENDPOINT_URL"


@pytest.mark.parametrize("value", ["", "http://localhost:8900", "https://api.prolific.com/api/v1"])
def test_an_endpoint_is_kept_without_the_slash_at_its_end(value: str) -> None:
    assert channels.endpoint(VARIABLE, value) == channels.endpoint(VARIABLE, value and f"{value}/") == value


@pytest.mark.parametrize(
    "value", ["localhost:8900", "ftp://a", "https://ann:geheim@a.org", "http://a?geheim", "http://[geheim"]
)
def test_another_endpoint_is_refused_by_name_and_never_shown(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=VARIABLE) as raised:
        channels.endpoint(VARIABLE, value)
    assert "geheim" not in str(raised.value)


def test_a_token_is_one_word_and_never_shown() -> None:
    assert channels.token("EVALSITE_PROLIFIC_TOKEN", " geheim\n") == "geheim"
    with pytest.raises(ImproperlyConfigured, match="EVALSITE_PROLIFIC_TOKEN") as raised:
        channels.token("EVALSITE_PROLIFIC_TOKEN", "ge heim")
    assert "heim" not in str(raised.value)
