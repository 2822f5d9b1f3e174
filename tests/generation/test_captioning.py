"""Captioners of every kind, against transformers' own classes called as their documentation calls them."""

import gc
import json
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from numpy.typing import NDArray
from safetensors.torch import load_file
from transformers import Blip2ForConditionalGeneration, Blip2Processor, BlipForConditionalGeneration, BlipProcessor

from generation.captioning import AT_ONCE, UnsupportedCaptioner, captioner_for
from generation.checkpoints import load
from generation.denoisers.memory import OutOfMemory
from generation.digests import digest_of
from generation.placement import Placement
from generation.pretrained import ModelNotFound
from tests import tiny_captioners
from tests.tiny_captioners import QUERIES, SPECIAL, WORDS, build_blip, build_blip2, build_encoder_decoder, build_git

COMMIT = "0123456789abcdef" * 2 + "01234567"
TOKENS = 8
KINDS = (build_blip, build_blip2, build_git, build_encoder_decoder)

Images = list[NDArray[np.uint8]]


@pytest.fixture(scope="module")
def images() -> Images:
    draw = np.random.default_rng(0)
    return [draw.integers(low, low + 64, (64, 64, 3), dtype=np.uint8) for low in (0, 64, 128, 192)]


@pytest.fixture(scope="module")
def blip2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny BLIP-2; tests must not change it."""
    return build_blip2(tmp_path_factory.mktemp("blip2"))


def by_transformers(model: Any, processor: Any, images: Images, prompt: int) -> list[str]:
    """The captions without the tokens of the prompt, of which there are so many."""
    inputs = processor(images=images, return_tensors="pt")
    tokens = model.generate(**inputs, max_new_tokens=TOKENS, do_sample=False)
    return [text.strip() for text in processor.batch_decode(tokens[:, prompt:], skip_special_tokens=True)]


def test_blip_captions_as_transformers_does(tmp_path: Path, images: Images) -> None:
    build_blip(tmp_path)
    expected = by_transformers(
        BlipForConditionalGeneration.from_pretrained(tmp_path), BlipProcessor.from_pretrained(tmp_path), images, prompt=1
    )
    assert captioner_for(str(tmp_path)).caption(images, TOKENS) == expected
    assert len(set(expected)) > 1


def test_blip2_captions_as_transformers_does(blip2: Path, images: Images) -> None:
    model, processor = Blip2ForConditionalGeneration.from_pretrained(blip2), Blip2Processor.from_pretrained(blip2)
    expected = by_transformers(model, processor, images, prompt=QUERIES + 1)
    assert captioner_for(str(blip2)).caption(images, TOKENS) == expected
    assert len(set(expected)) > 1


def test_the_prompt_of_blip2_is_no_part_of_a_caption(blip2: Path, tmp_path: Path, images: Images) -> None:
    worded = Path(shutil.copytree(blip2, tmp_path / "worded"))
    config = json.loads((worded / "config.json").read_text())
    config["image_token_index"] = len(SPECIAL) + WORDS.index("texture")  # no special token, which decoding would leave out
    (worded / "config.json").write_text(json.dumps(config))
    for caption in captioner_for(str(worded)).caption(images, TOKENS):
        assert not caption.startswith("texture " * QUERIES)


@pytest.mark.parametrize("build", KINDS)
def test_every_kind_captions_each_image_of_a_stack_as_it_does_alone(
    build: Callable[[Path], Path], tmp_path: Path, images: Images
) -> None:
    captioner = captioner_for(str(build(tmp_path)))
    together = captioner.caption(images, TOKENS)
    assert together == [captioner.caption([image], TOKENS)[0] for image in images]
    assert all(len(caption.split()) <= TOKENS for caption in together)


def test_images_of_other_sizes_go_together_and_none_need_none(blip2: Path, images: Images) -> None:
    captioner = captioner_for(str(blip2))
    assert len(captioner.caption([images[0], images[1][:40], images[2][:, :24]], TOKENS)) == 3
    assert captioner.caption([], TOKENS) == []


def test_many_images_go_through_the_model_some_at_a_time(blip2: Path, images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    captioner = captioner_for(str(blip2))
    generate, sizes = captioner.model.generate, list[int]()

    def watched(**inputs: Any) -> Any:
        sizes.append(len(inputs["pixel_values"]))
        return generate(**inputs)

    monkeypatch.setattr(captioner.model, "generate", watched)
    many = (images * AT_ONCE)[: AT_ONCE + 1]
    assert captioner.caption(many, TOKENS) == captioner.caption(images, TOKENS) * (AT_ONCE // 4) + captioner.caption(
        images[:1], TOKENS
    )
    assert sizes[:2] == [AT_ONCE, 1]


def test_without_memory_for_one_image_the_captioner_says_what_to_change(
    blip2: Path, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    captioner = captioner_for(str(blip2), "", Placement(attention="eager"))

    def full(**_inputs: Any) -> Any:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(captioner.model, "generate", full)
    with pytest.raises(OutOfMemory, match=r"half precision .* or use another device"):
        captioner.caption(images, TOKENS)


def test_a_sentence_that_never_ends_stops_where_the_decoder_has_no_place_left(tmp_path: Path, images: Images) -> None:
    folder = build_blip(tmp_path)
    places = json.loads((folder / "config.json").read_text())["text_config"]["max_position_embeddings"]
    captions = captioner_for(str(folder)).caption(images, places + 10)
    assert len(captions) == len(images)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_captioner_computes_in_the_type_of_its_placement(blip2: Path, images: Images, dtype: str) -> None:
    captioner = captioner_for(str(blip2), "", Placement(dtype=dtype))
    assert captioner.dtype == captioner.model.language_model.dtype == getattr(torch, dtype)
    assert len(captioner.caption(images, TOKENS)) == len(images)


def test_a_captioner_stays_warm_and_its_content_is_its_revision(blip2: Path) -> None:
    captioner = captioner_for(str(blip2))
    assert captioner.revision == digest_of(blip2)
    assert captioner_for(str(blip2), captioner.revision) is captioner


def test_a_captioner_and_a_checkpoint_are_never_in_memory_together(blip2: Path, tiny_folder: Path) -> None:
    unet = weakref.ref(load(str(tiny_folder)).denoiser.unet)
    model = weakref.ref(captioner_for(str(blip2)).model)
    gc.collect()
    assert (unet(), model() is not None) == (None, True)
    load(str(tiny_folder))
    gc.collect()
    assert model() is None


def test_a_captioner_of_the_hub_comes_from_the_cache_without_a_connection(
    blip2: Path, tmp_path: Path, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(blip2, tmp_path / "models--owner--tiny" / "snapshots" / COMMIT)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    captioner = captioner_for("owner/tiny", COMMIT)
    assert captioner.caption(images, TOKENS) == captioner_for(str(blip2)).caption(images, TOKENS)


def test_what_cannot_be_reached_says_what_to_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelNotFound, match=f"owner/missing at revision {COMMIT} could not be loaded .*connection"):
        captioner_for("owner/missing", COMMIT)


def test_pickled_weights_are_refused(blip2: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(blip2, tmp_path / "copied"))
    torch.save(load_file(copied / "model.safetensors"), copied / "pytorch_model.bin")
    (copied / "model.safetensors").unlink()
    with pytest.raises(ModelNotFound, match="safetensors"):
        captioner_for(str(copied))


@pytest.mark.parametrize("kind", ["llava", "resnet", "own"])
def test_a_model_that_does_not_caption_by_itself_is_refused(blip2: Path, tmp_path: Path, kind: str) -> None:
    copied = Path(shutil.copytree(blip2, tmp_path / "copied"))
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps({**config, "model_type": kind}))
    with pytest.raises(UnsupportedCaptioner, match=f"is {kind}; a captioner is one of blip, blip-2, .* name “chat:MODEL”"):
        captioner_for(str(copied))


def test_a_captioner_s_own_code_is_never_run(blip2: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(blip2, tmp_path / "copied"))
    config = json.loads((copied / "config.json").read_text())
    own = {"AutoConfig": "own.Own", "AutoModelForImageTextToText": "own.Own"}
    (copied / "config.json").write_text(json.dumps({**config, "auto_map": own}))
    (copied / "own.py").write_text(f"raise SystemExit({tiny_captioners.SIZE})")
    assert captioner_for(str(copied)).model.config.model_type == "blip-2"
