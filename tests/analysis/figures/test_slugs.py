"""Names of studies as names of folders."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.figures.slugs import slugs


def test_a_name_becomes_letters_digits_and_hyphens() -> None:
    assert slugs(["Étude № 2: A&E/Hand"]) == {"Étude № 2: A&E/Hand": "etude-no-2-a-e-hand"}


def test_names_that_would_be_the_same_are_numbered() -> None:
    assert list(slugs(["a b", "A-B", "a-b-2", "中文", "../.."]).values()) == ["a-b", "a-b-2", "a-b-2-2", "study", "study-2"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(), unique=True, max_size=6))
def test_no_two_are_alike_and_none_leads_out_of_the_folder(names: list[str]) -> None:
    found = list(slugs(names).values())
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in found)
