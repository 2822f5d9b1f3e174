"""How commands are told who screens images, or why nobody does."""

from argparse import ArgumentTypeError

LONGEST = 300
HELP_CHECKER = "Who screens: “bundled”, a folder, or a hub name."


def in_words(text: str) -> str:
    """The value of --unscreened: a reason that somebody can read."""
    if not 1 <= len(text.strip()) <= LONGEST:
        raise ArgumentTypeError(f"say in words why nobody screens, in at most {LONGEST} letters")
    return text.strip()
