import pytest

from studies.instructions import CONSENT, CRITERIA, TEMPLATES
from studies.markdown import render


@pytest.mark.parametrize("key", TEMPLATES)
def test_a_template_asks_for_correctness_and_quality_apart_and_allows_no_clear_winner(key: str) -> None:
    html = render(TEMPLATES[key].instructions)
    assert html.count("<h3>") == 2  # Desai & Vasconcelos 2024, §2.3: two questions, evaluated independently
    assert "<strong>No clear winner</strong>" in html
    assert html.count("<li>") >= 3


# What Desai & Vasconcelos 2024 (§2.3, Instruction 1) have workers look at, prompt set by prompt set.
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("a_and_e", ["both things", "colour"]),
        ("human", ["limbs", "fingers", "faces"]),
        ("hand", ["close-ups", "pose", "fingers", "hold or"]),
    ],
)
def test_the_note_of_a_prompt_set_names_what_to_look_at(key: str, words: list[str]) -> None:
    text = TEMPLATES[key].note + TEMPLATES[key].instructions
    assert all(word in text for word in words)


def test_the_paper_asks_two_criteria() -> None:
    assert list(CRITERIA) == ["correctness", "quality"]


def test_the_consent_says_that_one_may_stop() -> None:
    assert "stop at any time" in CONSENT
