import base64
import subprocess
import sys
from collections import Counter

import httpx
import pytest

from generation.bundled.render import render
from generation.bundled.world import SIZE, Entity, Placed, Scene, entities_of
from generation.chat_stand_in import MODEL, OF_NOTHING_HERE, UNREADABLE, answer, opposite, running, seen
from generation.storing import encode
from tests.factories_generation import png

PROMPTS = ("a red circle", "a ring", "a red circle and a blue star", "a pink heart, a cross and a black moon", "a ring, blurry")


def data_url(image: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_opposite_has_as_many_shapes_and_shares_neither_shape_nor_colour(prompt: str) -> None:
    named, others = entities_of(prompt), entities_of(opposite(prompt))
    assert len(others) == len(named)
    assert not {entity.shape for entity in named} & {entity.shape for entity in others}
    assert not {entity.color for entity in named} & {entity.color for entity in others}
    assert opposite(prompt) == opposite(prompt)


def test_the_prompt_is_the_last_line_of_what_is_asked() -> None:
    assert answer("Say the opposite.\n\na red circle") == opposite("a red circle")
    assert answer([{"type": "text", "text": "Say.\n\na red circle"}]) == opposite("a red circle")
    assert answer("Say the opposite of a hand.") == answer("") == OF_NOTHING_HERE


def test_an_image_of_the_world_is_read() -> None:
    scene = Scene((Placed(Entity("star", "blue"), 18, 18, 11), Placed(Entity("ring", "red"), 45, 45, 11)))
    read = seen(data_url(encode(render(scene))))
    assert Counter(entities_of(read)) == Counter(scene.entities)


@pytest.mark.parametrize("image", [png(size=SIZE), png(size=SIZE // 2), b"no image"])
def test_an_image_that_is_not_of_the_world_is_abstract(image: bytes) -> None:
    assert seen(data_url(image)) == seen("https://example.org/image.png") == UNREADABLE


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": "a ring"}]}, 200),
        ("/chat/completions", {"model": "gpt-4o", "messages": [{"role": "user", "content": "a ring"}]}, 404),
        ("/chat/completions", {"model": MODEL}, 400),
        ("/models", {}, 404),
    ],
)
def test_it_answers_to_its_model_at_its_address_alone(path: str, body: dict[str, object], status: int) -> None:
    with running() as stand_in:
        assert httpx.post(f"{stand_in.url}{path}", json=body).status_code == status


def test_it_runs_as_a_process_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "generation.chat_stand_in", "--port", "0", "--model", "gpt-4o"]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(" at ")[1].split()[0]
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "a ring"}]}
        said = httpx.post(f"{url}/chat/completions", json=body).json()["choices"][0]["message"]["content"]
        process.terminate()
    assert said == opposite("a ring")
