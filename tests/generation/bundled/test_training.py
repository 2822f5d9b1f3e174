from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from transformers import CLIPTokenizer

from generation.bundled.training.diffusion import draw_prompts, new_text_encoder, token_ids
from generation.bundled.training.loop import Plan, one_cycle, train
from generation.bundled.training.safety import logits, new_safety_checker, shows_flagged
from generation.bundled.training.scenes import draw_pictures, pixels_of
from generation.bundled.training.tokenizer import WORDS, build_tokenizer
from generation.bundled.training.vae import CONFIG, reconstruction_error
from generation.bundled.world import entities_of


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> CLIPTokenizer:
    folder = tmp_path_factory.mktemp("tokenizer")
    build_tokenizer(folder)
    reread: CLIPTokenizer = CLIPTokenizer.from_pretrained(folder)
    return reread


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_world_is_one_token(tokenizer: CLIPTokenizer, word: str) -> None:
    assert len(tokenizer(word).input_ids) == 3  # start, word, end


def test_any_other_text_is_spelled_and_can_be_read_back(tokenizer: CLIPTokenizer) -> None:
    ids = tokenizer("a man in a hammock!").input_ids
    assert str(tokenizer.decode(ids, skip_special_tokens=True)).strip() == "a man in a hammock !"


def test_a_pair_of_words_never_shares_its_tokens(tokenizer: CLIPTokenizer) -> None:
    assert len({tuple(tokenizer(word).input_ids) for word in WORDS}) == len(WORDS)


def test_prompts_are_padded_to_the_text_encoders_length(tokenizer: CLIPTokenizer) -> None:
    tokens = token_ids(tokenizer, ["", "a red star, a blue ring and an orange heart, blurry"])
    assert tokens.shape == (2, 24)
    assert new_text_encoder(tokenizer)(tokens).last_hidden_state.shape == (2, 24, 96)


def test_training_prompts_are_true_of_their_scenes() -> None:
    scenes, _ = draw_pictures(200, seed=5)
    for scene, prompt in zip(scenes, draw_prompts(scenes, seed=6), strict=True):
        seen = {entity.shape for entity in scene.entities} if prompt else set()
        assert {entity.shape for entity in (entities_of(prompt) if prompt else ())} == seen


def test_the_learning_rate_rises_over_a_tenth_and_falls_to_zero(tmp_path: Path) -> None:
    plan = Plan("rate", 100, 0.5, tmp_path)
    assert [one_cycle(step, plan) for step in (0, 9, 10)] == pytest.approx([0.05, 0.5, 0.5])
    assert one_cycle(55, plan) == pytest.approx(0.25)  # half way down a cosine
    assert one_cycle(100, plan) == pytest.approx(0, abs=1e-12)


def fit(plan: Plan, stop_after: int) -> nn.Linear:
    """Fit a line to noise that depends on the step alone; stop by KeyboardInterrupt like somebody who needs the machine."""
    torch.manual_seed(0)
    line = nn.Linear(3, 1)

    def loss_of(step: int) -> Tensor:
        if step == stop_after:
            raise KeyboardInterrupt
        mean: Tensor = (line(torch.randn(8, 3)) - 1).pow(2).mean()
        return mean

    return train(plan, line, loss_of)


def test_training_that_was_stopped_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    in_one_go = fit(Plan("whole", 450, 0.01, tmp_path), stop_after=-1)
    halves = Plan("halves", 450, 0.01, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        fit(halves, stop_after=300)
    resumed = fit(halves, stop_after=-1)
    torch.testing.assert_close(resumed.weight, in_one_go.weight, rtol=0, atol=0)


def test_pictures_become_pixels_between_minus_one_and_one() -> None:
    _, images = draw_pictures(3, seed=1)
    pixels = pixels_of(images)
    assert pixels.shape == (3, 3, 64, 64)
    assert -1 <= pixels.min() < pixels.max() <= 1


def test_a_perfect_reconstruction_has_no_error() -> None:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    torch.manual_seed(0)
    vae, latents = AutoencoderKL(**CONFIG), torch.randn(1, 4, 8, 8)
    with torch.no_grad():
        decoded = vae.decode(latents).sample
        assert reconstruction_error(vae, latents, decoded) == 0
        assert reconstruction_error(vae, latents, decoded + 0.5) == pytest.approx(0.5, abs=1e-6)


def test_logits_are_positive_exactly_where_the_checker_itself_flags() -> None:
    torch.manual_seed(0)
    checker = new_safety_checker()
    pixels = torch.randn(64, 3, 64, 64)
    with torch.no_grad():
        cosine = logits(checker, pixels) / 20 + 0.5
        checker.concept_embeds_weights[0] = cosine.median()  # so that half of the noise is flagged
        _, flagged = checker(clip_input=pixels, images=list(pixels.permute(0, 2, 3, 1).numpy()))
    # the checker rounds its scores to three decimals
    sure = (cosine - cosine.median()).abs() > 1e-3
    assert [f for f, s in zip(flagged, sure, strict=True) if s] == (cosine > cosine.median())[sure].tolist()


def test_scenes_with_the_flagged_shape_are_what_the_checker_learns() -> None:
    scenes, _ = draw_pictures(50, seed=2)
    assert [shows_flagged(scene) for scene in scenes] == ["moon" in str(scene) for scene in scenes]
