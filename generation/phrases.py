"""Phrases of a prompt: its nouns with their modifiers, from its stored entities or by rule.

The rule knows no grammar: it cuts the prompt at articles, prepositions, commas and verbs, and takes the last word of each
piece as a noun and those before as its modifiers. What it gets wrong is put right by the prompt's entities.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BOUND = re.compile(  # articles, pronouns, numbers; prepositions; conjunctions and auxiliaries; punctuation marks
    "a|an|the|some|any|this|that|these|those|my|your|his|her|its|our|their|he|she|it|they|one|two|three|four|five"
    "|of|in|on|at|with|without|near|by|next|for|from|to|into|onto|over|under|above|below|behind|beside|between|through|across"
    "|around|against|along|inside|outside|up|down|off|out|like|as"
    r"|while|then|and|or|but|who|which|is|are|was|were|be|has|have|having|\W"
)
VERBS = re.compile("holding|wearing|giving|pointing|doing|making|playing|eating|reading")  # where a prompt may begin
PARTICIPLE = re.compile(r"\w*[aeiouy]\w*(ing|(?<!e)ed)")
NO_PARTICIPLE = re.compile("building|ceiling|clothing|drawing|earring|evening|lightning|morning|painting|pudding|wedding")
FRAMES = re.compile(r"\bclose[ -]up( (photo|shot|of))*\b", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]")


@dataclass(frozen=True)
class Word:
    """A word of a prompt, and which of its characters it is."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Phrase:
    """A noun of a prompt with its modifiers, in the prompt's order."""

    noun: Word
    modifiers: tuple[Word, ...] = ()

    def __str__(self) -> str:
        return " ".join(word.text for word in (*self.modifiers, self.noun))


class UnclearPhrases(ValueError):
    """A prompt whose phrases a method needs and cannot have."""


class NoPhrases(UnclearPhrases):
    """Neither entities nor a noun that the rule finds."""


class NotInPrompt(UnclearPhrases):
    """An entity that its prompt does not say."""


def phrases_of(prompt: str, entities: Sequence[str]) -> tuple[Phrase, ...]:
    """The phrases of the entities, or of the whole prompt by rule if there are none. Raises NoPhrases and NotInPrompt."""
    found = tuple(_named(prompt, entities)) if entities else parse(prompt)
    if not found:
        raise NoPhrases(f"No phrase was found in “{prompt}”: give the prompt its entities, such as a list with “a cat”.")
    return found


def parse(prompt: str) -> tuple[Phrase, ...]:
    """The phrases of a prompt by rule; none if it has no noun that the rule can see."""
    words = words_of(FRAMES.sub(lambda frame: "," * len(frame[0]), prompt))
    return tuple(_phrase(piece) for piece in _pieces(words))


def words_of(text: str) -> list[Word]:
    """The words and punctuation marks of a text."""
    return [Word(match[0], match.start(), match.end()) for match in WORD.finditer(text)]


def _named(prompt: str, entities: Sequence[str]) -> Iterator[Phrase]:
    """The phrases of each entity, at its first place in the prompt that no entity before it has taken."""
    words, taken = words_of(prompt), set[int]()
    for entity in entities:
        place = _place(words, words_of(entity), taken)
        if place is None:
            raise NotInPrompt(
                f"The prompt “{prompt}” does not say “{entity}”, or not as often as its entities do: write the entity word by "
                "word as in the prompt."
            )
        taken.update(place)
        said = [words[index] for index in place]
        yield from map(_phrase, list(_pieces(said)) or [said])


def _place(words: Sequence[Word], wanted: Sequence[Word], taken: set[int]) -> range | None:
    """Where the wanted words stand one after the other among those that are not taken."""
    texts, sought = [word.text.lower() for word in words], [word.text.lower() for word in wanted]
    for start in range(len(texts) - len(sought) + 1 if sought else 0):
        place = range(start, start + len(sought))
        if texts[start : place.stop] == sought and taken.isdisjoint(place):
            return place
    return None


def _phrase(piece: Sequence[Word]) -> Phrase:
    return Phrase(piece[-1], tuple(piece[:-1]))


def _pieces(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The runs of words without article, link, mark or verb between."""
    piece: list[Word] = []
    for index, word in enumerate(words):
        if not _cuts(words, index, bool(piece)):
            piece.append(word)
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _cuts(words: Sequence[Word], index: int, in_piece: bool) -> bool:
    """Whether the word belongs to no phrase. A participle is a modifier where it begins one, and a verb elsewhere."""
    text = words[index].text.lower()
    if BOUND.fullmatch(text):
        return True
    if NO_PARTICIPLE.fullmatch(text) or not PARTICIPLE.fullmatch(text):
        return False
    following = words[index + 1].text.lower() if index + 1 < len(words) else "."
    return in_piece or bool(BOUND.fullmatch(following)) or (index == 0 and bool(VERBS.fullmatch(text)))
