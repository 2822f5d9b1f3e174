"""Where the prompt sets that come along lie."""

from pathlib import Path

PROMPT_SETS = Path(__file__).parent / "data" / "prompt_sets"
