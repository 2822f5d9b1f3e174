r"""Any text as LaTeX that a plain pdflatex compiles: OT1 fonts, no packages, ASCII only.

Accented letters become accents over letters, common signs and Greek letters become their commands. Whatever else there is,
at which pdflatex would stop, becomes \otherletter: the letter itself where the engine reads Unicode, else its number.
"""

import re
import unicodedata

OTHER_LETTER = r"""% A letter beyond pdflatex: \otherletter{the letter, for LuaLaTeX and XeLaTeX}{its number, for pdflatex}
\providecommand{\otherletter}[2]{\ifdefined\Umathcode#1\else#2\fi}"""

SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "&": r"\&",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "-": "-{}",  # before another hyphen: no dash
    "`": "{}`",  # after ? or !: no Spanish mark
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "\u00a0": "~",
}
LETTERS = {"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "ß": "ss", "ı": "i"}
MATHS = {
    "×": "times",
    "±": "pm",
    "·": "cdot",
    "→": "rightarrow",
    "←": "leftarrow",
    "≤": "leq",
    "≥": "geq",
    "≠": "neq",
    "≈": "approx",
    "∞": "infty",
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "\u00b5": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "Γ": "Gamma",
    "Δ": "Delta",
    "Θ": "Theta",
    "Λ": "Lambda",
    "Ξ": "Xi",
    "Π": "Pi",
    "Σ": "Sigma",
    "Υ": "Upsilon",
    "Φ": "Phi",
    "Ψ": "Psi",
    "Ω": "Omega",
}
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0331": "b",
}
COMMANDS = (
    SIGNS | {c: rf"\{name}{{}}" for c, name in LETTERS.items()} | {c: rf"\ensuremath{{\{name}}}" for c, name in MATHS.items()}
)

MARKS = "\u0300-\u036f"
TO_ESCAPE = re.compile(rf"""[\\{{}}#$&_%~^<>|"`]|-(?=-)|[A-Za-z][{MARKS}]+|[^\x00-\x7f][{MARKS}]*""")


def escaped(text: str) -> str:
    r"""The text as LaTeX; needs OTHER_LETTER before it."""
    return TO_ESCAPE.sub(lambda match: _command(match[0]), unicodedata.normalize("NFC", text))


def _command(letter: str) -> str:
    if letter in COMMANDS:
        return COMMANDS[letter]
    base, *marks = tuple(unicodedata.normalize("NFD", letter))
    if base.isascii() and all(mark in ACCENTS for mark in marks):
        return _accented(base, marks)
    number = " ".join(f"U+{ord(character):04X}" for character in letter)
    return rf"\otherletter{{{letter}}}{{{number}}}"


def _accented(base: str, marks: list[str]) -> str:
    command = {"i": r"\i", "j": r"\j"}.get(base, base)
    for mark in marks:
        command = rf"\{ACCENTS[mark]}{{{command}}}"
    return command
