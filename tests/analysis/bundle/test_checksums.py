import pytest

from analysis.bundle.checksums import BadChecksums, parsed_sums, sums_text

DIGEST = "0" * 64


def test_the_list_is_sorted_and_read_back() -> None:
    text = sums_text({"b c.png": DIGEST, "a": DIGEST})
    assert text == f"{DIGEST}  a\n{DIGEST}  b c.png\n"
    assert parsed_sums(text) == {"a": DIGEST, "b c.png": DIGEST}


@pytest.mark.parametrize("text", ["a\n", f"{DIGEST}\n", f"{DIGEST}  a\n{DIGEST}  a\n", f"{'g' * 64}  a\n"])
def test_a_line_that_is_no_checksum_is_refused(text: str) -> None:
    with pytest.raises(BadChecksums, match=r"line [12] is not a digest"):
        parsed_sums(text)
