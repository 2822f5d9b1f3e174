"""Texts to start from: instructions, a consent, and two criteria.

The instructions ask what Desai & Vasconcelos (ECCV 2024) ask: §2.3 and Instruction 1.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Template:
    """Markdown for a study on one of the papers' prompt sets: its instructions, and the note for each trial of that set."""

    key: str
    title: str

    @property
    def instructions(self) -> str:
        return (FOLDER / f"{self.key}.md").read_text(encoding="utf-8")

    @property
    def note(self) -> str:
        return (FOLDER / "notes" / f"{self.key}.md").read_text(encoding="utf-8")


TEMPLATES = {t.key: t for t in (Template("a_and_e", "A&E"), Template("human", "Human"), Template("hand", "Hand"))}
CONSENT = (FOLDER / "consent.md").read_text(encoding="utf-8")
CRITERIA = {
    "correctness": "Which image fits the description best?",
    "quality": "Which image looks more natural or real, whatever the description says?",
}
