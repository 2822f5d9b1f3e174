"""Names as figures print them."""

from analysis.figures.lettering import printable, shortened, width


def test_letters_that_the_font_lacks_are_printed_as_their_number() -> None:
    assert printable("λ $x$ 中") == "λ $x$ [U+4E2D]"


def test_a_name_is_one_line() -> None:
    assert printable("a red\n circle") == "a red circle"


def test_a_long_name_keeps_both_ends() -> None:
    assert shortened("Stable Diffusion with λ = 18", 15) == "Stable…λ = 18"
    assert shortened("Stable Diffusion", 16) == "Stable Diffusion"


def test_a_width_is_in_inches() -> None:
    assert 0.9 < width("M" * 12, 7) < 1.1  # an M of this font is .863 em: 12 × .863 × 7 / 72
