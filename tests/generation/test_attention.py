"""The capture of cross-attention: what it averages, what it leaves behind, and what it refuses."""

import copy
import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from torch import Tensor

from generation.attention import NoCrossAttention, UnfitResolution, attention_maps
from generation.checkpoints import Loaded
from generation.denoisers import Denoiser
from generation.denoisers.stable_diffusion_xl import StableDiffusionXL
from generation.methods.rule import Level
from generation.sampler import sample_latents
from tests.mixtures import three_components
from tests.rows import row
from tests.tiny_checkpoint import unet
from tests.tiny_families import build_tiny_sdxl

PROMPT, RED = "a red ring", "a red ring and a star"
LEVEL = Level(481, 0.3)
STEERED = ["attend_and_excite", "syngen"]


def maps_of(denoiser: Denoiser, latents: Tensor, *resolutions: int) -> list[Tensor]:
    conditioning = denoiser.encode([PROMPT])[PROMPT]
    rows = len(resolutions)
    return attention_maps(denoiser, latents[:rows], [LEVEL] * rows, [conditioning] * rows, resolutions)


@pytest.fixture
def latents() -> Tensor:
    return torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))


def test_maps_are_means_over_layers_and_heads_of_what_each_cell_attends_to(tiny: Loaded, latents: Tensor) -> None:
    seen: list[Tensor] = []
    layers = [module for name, module in tiny.denoiser.unet.named_modules() if name.endswith("attn2")]
    hooks = [layer.register_forward_pre_hook(by_hand(seen), with_kwargs=True) for layer in layers]
    (attention,) = maps_of(tiny.denoiser, latents, 4)
    for hook in hooks:
        hook.remove()
    assert len(seen) == len(layers) > 1
    torch.testing.assert_close(attention, torch.stack(seen).mean(0).view(4, 4, -1), rtol=0, atol=1e-6)


def by_hand(seen: list[Tensor]) -> Any:
    """Keeps softmax(Q Kᵀ/√d), averaged over the heads, of a layer's inputs."""

    def keep(layer: Any, inputs: tuple[Tensor, ...], kwargs: dict[str, Tensor]) -> None:
        query = layer.to_q(inputs[0])[0].unflatten(-1, (layer.heads, -1))
        key = layer.to_k(kwargs["encoder_hidden_states"])[0].unflatten(-1, (layer.heads, -1))
        scores = torch.einsum("chd,thd->hct", query, key) / query.shape[-1] ** 0.5
        seen.append(scores.softmax(-1).mean(0))

    return keep


def test_every_row_has_the_resolution_that_it_asks_for(tiny: Loaded, latents: Tensor) -> None:
    deep = unet(down_block_types=("CrossAttnDownBlock2D",) * 2, up_block_types=("CrossAttnUpBlock2D",) * 2)
    denoiser = replace(tiny.denoiser, unet=deep)
    four, eight = maps_of(denoiser, latents, 4, 8)
    assert (four.shape[:2], eight.shape[:2]) == ((4, 4), (8, 8))
    torch.testing.assert_close(eight, maps_of(denoiser, latents.flip(0), 8)[0], rtol=0, atol=1e-6)


def test_a_resolution_that_the_unet_does_not_have_is_refused_with_those_it_has(tiny: Loaded) -> None:
    with pytest.raises(UnfitResolution, match="no attention of resolution 16 here: set “resolution” to 4"):
        sample_latents(tiny.denoiser, [row("attend_and_excite", resolution=16)])


@pytest.mark.parametrize("method", STEERED)
def test_a_denoiser_without_a_unet_is_refused(method: str) -> None:
    with pytest.raises(NoCrossAttention, match="needs a UNet with cross-attention, and GaussianMixture has none"):
        sample_latents(three_components(), [row(method, "a")])


def test_a_unet_that_attends_to_no_prompt_is_refused(tiny: Loaded) -> None:
    blind = unet(down_block_types=("DownBlock2D",) * 2, up_block_types=("UpBlock2D",) * 2, mid_block_type="UNetMidBlock2D")
    with pytest.raises(NoCrossAttention, match="a UNet that attends to its prompt"):
        sample_latents(replace(tiny.denoiser, unet=blind), [row("syngen")])


def left_behind(denoiser: Any) -> tuple[bool, list[Any], list[Tensor], list[Tensor]]:
    """Whether all parameters may learn, the processors, the parameters' gradients, and tensors with a graph."""
    parameters = list(denoiser.unet.parameters())
    gc.collect()
    graphs = [thing for thing in gc.get_objects() if type(thing) is Tensor and thing.grad_fn is not None]
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    return all(p.requires_grad for p in parameters), list(denoiser.unet.attn_processors.values()), gradients, graphs


@pytest.mark.parametrize("method", STEERED)
def test_nothing_is_left_of_gradients_maps_and_processors(tiny: Loaded, method: str) -> None:
    before = left_behind(tiny.denoiser)
    latents = sample_latents(tiny.denoiser, [row(method, RED)])
    learns, processors, gradients, graphs = left_behind(tiny.denoiser)
    assert (learns, processors) == before[:2]
    assert not latents.requires_grad
    assert not gradients
    assert not graphs


def test_a_failing_pass_leaves_the_unet_as_it_was(tiny: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    before = left_behind(tiny.denoiser)[:2]
    monkeypatch.setattr(tiny.denoiser.unet.conv_out, "forward", lambda _sample: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sample_latents(tiny.denoiser, [row("attend_and_excite")])
    monkeypatch.undo()
    assert left_behind(tiny.denoiser)[:2] == before


@pytest.mark.parametrize("method", STEERED)
def test_stable_diffusion_xl_is_steered_too(tmp_path: Path, method: str) -> None:
    parts: Any = StableDiffusionXLPipeline.from_pretrained(build_tiny_sdxl(tmp_path))
    names = ("tokenizer", "tokenizer_2", "text_encoder", "text_encoder_2", "unet", "vae")
    denoiser = StableDiffusionXL(**{name: getattr(parts, name) for name in names}, scheduler_config=parts.scheduler.config)
    steered, plain = sample_latents(denoiser, [row(method, RED, step_size=1000), row("cfg", RED)])
    assert (steered - plain).abs().max() > 0.01


def counting(compiled: list[object]) -> Any:
    """A backend of torch.compile that leaves a graph as it is, and keeps it."""

    def backend(graph: Any, _inputs: Any) -> Any:
        compiled.append(graph)
        return graph.forward

    return backend


def test_a_compiled_unet_is_compiled_for_its_predictions_alone(tiny: Loaded) -> None:
    compiled: list[object] = []
    denoiser = replace(tiny.denoiser, unet=copy.deepcopy(tiny.denoiser.unet))
    denoiser.unet.compile(backend=counting(compiled))
    rows = [row("attend_and_excite", RED, evaluations=2)]
    torch.testing.assert_close(sample_latents(denoiser, rows), sample_latents(tiny.denoiser, rows), rtol=0, atol=1e-4)
    assert len(compiled) == 1
