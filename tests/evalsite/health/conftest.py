import pytest

from evalsite.health import bounded


@pytest.fixture(autouse=True)
def ask_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test finds things out for itself: what the test before it found holds for a second otherwise."""
    monkeypatch.setattr(bounded, "HOLDS_SECONDS", -1.0)
