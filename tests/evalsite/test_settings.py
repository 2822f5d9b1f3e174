import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from generation.placement import Placement

FILE = Path(settings.BASE_DIR) / "evalsite" / "settings.py"
VARIABLES = ("EVALSITE_DEVICE", "EVALSITE_DTYPE", "EVALSITE_ATTENTION", "EVALSITE_COMPILE", "EVALSITE_VAE_SLICING")


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def placement() -> Any:
    """What the settings say when they are read anew."""
    return runpy.run_path(str(FILE))["PLACEMENT"]


def test_without_variables_a_worker_computes_as_a_benchmark_does() -> None:
    assert placement() == Placement()


def test_variables_say_where_and_how_a_worker_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(VARIABLES, ("cuda:1", "bfloat16", "eager", "1", "0"), strict=True):
        monkeypatch.setenv(name, value)
    assert placement() == Placement(device="cuda:1", dtype="bfloat16", attention="eager", compiled=True, vae_slicing=False)


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", ["", "gpu", "cuda:one"])
def test_a_bad_value_fails_at_start_and_names_the_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ImproperlyConfigured, match=f"{variable} must be .*, not {re.escape(repr(value))}"):
        placement()


def test_the_operator_s_page_knows_every_variable() -> None:
    read = set(re.findall(r"EVALSITE_[A-Z_]+", FILE.read_text(encoding="utf-8")))
    page = (Path(settings.BASE_DIR) / "docs" / "operator.md").read_text(encoding="utf-8")
    assert set(VARIABLES) <= read == set(re.findall(r"^\| `(EVALSITE_[A-Z_]+)` \|", page, re.MULTILINE))


@pytest.mark.parametrize(
    ("variable", "value", "wanted"),
    [
        ("EVALSITE_TRUSTED_PROXIES", "-1", "a whole number of at least 0"),
        ("EVALSITE_LOGINS_PER_HOUR", "0", "a whole number of at least 1"),
        ("EVALSITE_SESSIONS_PER_HOUR", "many", "a whole number of at least 1"),
    ],
)
def test_a_limit_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, wanted: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ImproperlyConfigured, match=f"{variable} must be {wanted}, not {value!r}"):
        placement()
