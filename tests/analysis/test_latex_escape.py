r"""Any text must compile under a plain pdflatex (expected commands from the LaTeX2e reference manual, "Special insertions")."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.render.latex_escape import escaped


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("A&E", r"A\&E"),
        ("50 % of #1 at $2", r"50 \% of \#1 at \$2"),
        ("auto_dnp", r"auto\_dnp"),
        ("{a}", r"\{a\}"),
        ("a\\b", r"a\textbackslash{}b"),
        ("~x^2", r"\textasciitilde{}x\textasciicircum{}2"),
        ("<a|b>", r"\textless{}a\textbar{}b\textgreater{}"),
        ("SD+auto-DNP", "SD+auto-DNP"),
        ("a--b", "a-{}-b"),
        ("café", r"caf\'{e}"),
        ("cafe\u0301", r"caf\'{e}"),
        ("naïve", r"na\"{\i}ve"),
        ("Łódź", r"\L{}\'{o}d\'{z}"),
        ("Große Straße", r"Gro\ss{}e Stra\ss{}e"),
        ("λ=2 → ∞", r"\ensuremath{\lambda}=2 \ensuremath{\rightarrow} \ensuremath{\infty}"),
        ("“a” – b", "``a'' -- b"),
        ("手", r"\otherletter{手}{U+624B}"),
    ],
)
def test_text_becomes_commands(text: str, latex: str) -> None:
    assert escaped(text) == latex


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u00a0")))
def test_no_special_character_is_left_bare(text: str) -> None:
    latex = escaped(text)
    without_commands = re.sub(r"\\([A-Za-z]+|.)", "", latex)
    assert not re.search(r'[\\#$&_%~^<>|"]', without_commands)
    assert without_commands.count("{") == without_commands.count("}")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_pdflatex_reads_ascii_alone(text: str) -> None:
    assert re.sub(r"\\otherletter\{[^}]*\}", "", escaped(text)).isascii()
