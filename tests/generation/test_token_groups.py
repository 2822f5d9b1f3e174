"""Token groups with the tokenizer of the tiny checkpoint, whose tokens are letters, and with the bundled one."""

import pytest
from transformers import CLIPTokenizer

from generation.hub import BUNDLED, source_of
from generation.phrases import phrases_of
from generation.token_groups import CutOff, PromptTokens, TokenGroup, prompt_tokens
from tests.tiny_checkpoint import tokenizer

LETTERS = tokenizer()


def tokens_of(prompt: str, *entities: str) -> PromptTokens:
    return prompt_tokens(LETTERS, prompt, phrases_of(prompt, entities))


def test_a_word_of_several_tokens_has_them_all() -> None:
    assert tokens_of("a red ring") == PromptTokens((TokenGroup((5, 6, 7, 8), ((2, 3, 4),)),), tuple(range(1, 9)))


def test_words_that_come_again_have_their_own_tokens() -> None:
    groups = tokens_of("a red ox and a red ox").groups
    assert groups == (TokenGroup((5, 6), ((2, 3, 4),)), TokenGroup((14, 15), ((11, 12, 13),)))


def test_spaces_capitals_and_marks_move_no_token() -> None:
    assert tokens_of("A  Red   ox, a fly").groups == (TokenGroup((5, 6), ((2, 3, 4),)), TokenGroup((9, 10, 11)))


def test_the_bundled_tokenizer_has_a_token_for_each_word_of_its_world() -> None:
    prompt = "a red circle and a three-star cow"
    words = CLIPTokenizer.from_pretrained(f"{source_of(BUNDLED)}/tokenizer")
    circle, cow = prompt_tokens(words, prompt, phrases_of(prompt, ())).groups
    assert circle == TokenGroup((3,), ((2,),))
    pieces = words.convert_ids_to_tokens(words(prompt).input_ids)
    assert "".join(pieces[token] for token in cow.modifiers[0]).replace("</w>", "") == "three-star"


@pytest.mark.parametrize("entities", [(), ("a purple heart",)])
def test_a_phrase_beyond_the_tokenizer_s_length_is_refused(entities: tuple[str, ...]) -> None:
    with pytest.raises(
        CutOff, match=r"reads only “a red circle and a purple he” of “.*shorten the prompt, or take “purple heart”"
    ):
        tokens_of("a red circle and a purple heart", *entities)


def test_a_phrase_before_the_cut_is_taken() -> None:
    assert tokens_of("a red circle and a purple heart", "a red circle").groups == (
        TokenGroup(tuple(range(5, 11)), ((2, 3, 4),)),
    )
