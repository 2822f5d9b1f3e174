from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from generation.quotations import draw, quotations

MOST_WORDS = 35  # of English: even at two tokens a word, fewer than CLIP's 77 with start and end


def test_there_are_enough_of_them_each_with_its_source_and_none_twice() -> None:
    texts = [quotation.text for quotation in quotations()]
    assert len(set(texts)) == len(texts) >= 100
    assert all(quotation.author and quotation.work for quotation in quotations())


def test_every_quotation_fits_into_a_negative_prompt() -> None:
    for quotation in quotations():
        assert 1 <= len(quotation.text.split()) <= MOST_WORDS
        assert quotation.text == " ".join(quotation.text.split())


def test_the_draw_is_written_down() -> None:
    """By sha256sum of the seed, a line break and the prompt: 41637b6c…6d4a7e modulo 158 (by bc) is 138."""
    assert len(quotations()) == 158
    assert draw("a red circle", 7) == quotations()[138].text


@given(prompt=st.text(), seed=st.integers(0, 2**63 - 1))
def test_a_prompt_and_a_seed_always_draw_the_same(prompt: str, seed: int) -> None:
    assert draw(prompt, seed) == draw(prompt, seed) in {quotation.text for quotation in quotations()}


def test_seeds_and_prompts_draw_all_over_the_list() -> None:
    """A χ² of 158 cells with 20 expected each: its 99.99 % quantile (scipy) at 157 degrees of freedom is 231.6."""
    drawn = Counter(draw(f"prompt {number // 10}", number % 10) for number in range(20 * len(quotations())))
    chi_square = sum((drawn[quotation.text] - 20) ** 2 / 20 for quotation in quotations())
    assert chi_square < 231.6
