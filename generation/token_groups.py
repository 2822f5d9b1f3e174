"""Which tokens of a prompt belong to which of its phrases, as a checkpoint's CLIP tokenizer cuts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.phrases import Phrase, UnclearPhrases, Word

if TYPE_CHECKING:
    from transformers import CLIPTokenizer

Span = tuple[int, int]


@dataclass(frozen=True)
class TokenGroup:
    """A phrase as token indices: those of its noun, and those of each of its modifiers. The start token is number 0."""

    noun: tuple[int, ...]
    modifiers: tuple[tuple[int, ...], ...] = ()

    @property
    def words(self) -> tuple[tuple[int, ...], ...]:
        """The tokens of each word of the phrase."""
        return (*self.modifiers, self.noun)


@dataclass(frozen=True)
class PromptTokens:
    """The tokens of a prompt, without the start and end tokens, and the groups that its phrases make."""

    groups: tuple[TokenGroup, ...]
    tokens: tuple[int, ...]


class CutOff(UnclearPhrases):
    """A phrase beyond what the checkpoint reads of a prompt."""


def prompt_tokens(tokenizer: "CLIPTokenizer", prompt: str, phrases: Sequence[Phrase]) -> PromptTokens:
    """The prompt's tokens and the groups of these phrases, which are the prompt's. Raises CutOff."""
    spans = _spans(tokenizer, prompt)
    groups = tuple(_group(spans, prompt, phrase) for phrase in phrases)
    return PromptTokens(groups, tuple(index for index, (start, end) in enumerate(spans) if start < end))


def _spans(tokenizer: "CLIPTokenizer", prompt: str) -> list[Span]:
    """The characters of each token that the checkpoint reads; none for the start and end tokens."""
    encoded = tokenizer(prompt, truncation=True, max_length=tokenizer.model_max_length, return_offsets_mapping=True)
    spans: list[Span] = encoded["offset_mapping"]
    return spans


def _group(spans: Sequence[Span], prompt: str, phrase: Phrase) -> TokenGroup:
    if phrase.noun.end > max(end for _, end in spans):
        raise CutOff(
            f"The checkpoint reads only “{prompt[: max(end for _, end in spans)]}” of “{prompt}”: shorten the prompt, or take "
            f"“{phrase}” out of its entities."
        )
    return TokenGroup(_tokens(spans, phrase.noun), tuple(_tokens(spans, modifier) for modifier in phrase.modifiers))


def _tokens(spans: Sequence[Span], word: Word) -> tuple[int, ...]:
    """The indices of the tokens that a word is cut into."""
    return tuple(index for index, (start, end) in enumerate(spans) if start < word.end and end > word.start)
