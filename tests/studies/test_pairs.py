import pytest
from django.core.exceptions import ValidationError

from studies.pairs import ListedPair, parse_pairs


def test_a_line_is_a_seed_a_blank_and_a_prompt() -> None:
    assert parse_pairs("3 a cat and a dog\n\n  17\ta cat  ") == [
        ListedPair(1, 3, "a cat and a dog"),
        ListedPair(3, 17, "a cat"),
    ]


def test_every_faulty_line_is_named() -> None:
    with pytest.raises(ValidationError) as refusal:
        parse_pairs("a cat\n3 a dog\n4")
    assert refusal.value.messages == [
        "Line 1: write a seed below 2^63, a blank and a prompt.",
        "Line 3: write a seed below 2^63, a blank and a prompt.",
    ]


@pytest.mark.parametrize("seed", [str(2**63), "9" * 5000], ids=["for the database", "for Python"])
def test_a_seed_too_large_is_refused(seed: str) -> None:
    with pytest.raises(ValidationError, match="Line 1"):
        parse_pairs(f"{seed} a cat")


def test_the_largest_seed_is_taken() -> None:
    assert parse_pairs(f"{2**63 - 1} a cat")[0].seed == 2**63 - 1
