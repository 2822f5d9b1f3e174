import io
import random

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.bundled.render import render
from generation.bundled.world import entities_of, place
from studies.rehearsal.pages import Question, TrialPage
from studies.rehearsal.voter import Voter, is_readable, merits

PROMPT = "a red circle and a blue star"
CORRECTNESS = Question("vote-correctness", (1, 2, 0))
QUALITY = Question("vote-quality", (1, 2, 0))


def picture(text: str, blurry: bool = False) -> bytes:
    return png(render(place(entities_of(text), random.Random(1), blurry)))


def png(pixels: "np.typing.NDArray[np.uint8]") -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def trial(*images: bytes, prompt: str = PROMPT) -> TrialPage:
    return TrialPage("http://127.0.0.1/t/token/", prompt, images, (CORRECTNESS, QUALITY), {})


def voter(noise: float = 0, tie_threshold: float = 0.1, bias: tuple[float, ...] = (0, 0, 0, 0)) -> Voter:
    return Voter(noise, tie_threshold, bias, random.Random(0))


def test_merit_for_correctness_is_the_share_of_the_prompt_that_is_drawn() -> None:
    seen = trial(picture(PROMPT), picture("a red circle"), picture("a green heart"))
    assert merits(seen, CORRECTNESS) == [1, 0.5, 0]


def test_merit_for_quality_is_higher_for_the_sharper_image() -> None:
    sharp, blurred = merits(trial(picture(PROMPT), picture(PROMPT, blurry=True)), QUALITY)
    assert sharp > 0.9 > blurred


def test_the_better_image_wins_at_whatever_position() -> None:
    assert voter().vote(trial(picture(PROMPT), picture("a green heart")))["vote-correctness"] == 1
    assert voter().vote(trial(picture("a green heart"), picture(PROMPT)))["vote-correctness"] == 2


def test_images_that_look_equal_have_no_clear_winner() -> None:
    assert voter(tie_threshold=0.1).choose([0.5, 0.59, 0.1]) == 0
    assert voter(tie_threshold=0.1).choose([0.5, 0.61, 0.1]) == 2


def test_a_liked_position_decides_between_equal_images() -> None:
    assert voter(bias=(0, 0.2, 0, 0)).choose([0.5, 0.5]) == 2


def test_a_noisy_voter_is_sometimes_wrong_but_not_often() -> None:
    noisy = voter(noise=0.25, tie_threshold=0.02)
    right = sum(noisy.choose([1, 0.5]) == 1 for _ in range(500))
    assert 0.8 * 500 < right < 500


def test_voters_differ_and_the_same_seed_draws_the_same() -> None:
    looks = [0.5, 0.5, 0.5, 0.5]
    once, again = Voter.drawn(seed=1, number=0), Voter.drawn(seed=1, number=0)
    assert [once.choose(looks) for _ in range(20)] == [again.choose(looks) for _ in range(20)]
    assert len({Voter.drawn(seed=1, number=number).noise for number in range(20)}) == 20


@pytest.mark.parametrize("prompt", ["a photo of an angry man", "", "a red elephant"])
def test_prompts_of_another_world_are_not_readable(prompt: str) -> None:
    assert not is_readable(trial(picture(PROMPT), picture(PROMPT), prompt=prompt))


def test_images_of_another_size_are_not_readable() -> None:
    large = png(np.zeros((512, 512, 3), np.uint8))
    assert not is_readable(trial(picture(PROMPT), large))


@given(seed=st.integers(), number=st.integers(0, 1000))
def test_an_answer_at_random_is_always_one_that_is_offered(seed: int, number: int) -> None:
    answers = Voter.drawn(seed, number).vote(trial(prompt="a photo of an angry man"))
    assert set(answers) == {"vote-correctness", "vote-quality"}
    assert set(answers.values()) <= {0, 1, 2}


@pytest.mark.parametrize(("asked", "position"), [("Image 2", 2), ("No clear winner", 0)])
def test_an_attention_check_is_obeyed(asked: str, position: int) -> None:
    check = trial(picture(PROMPT), picture(PROMPT), prompt=f"This is a check: choose {asked} for every question.")
    assert set(Voter.drawn(0, 0).vote(check).values()) == {position}
