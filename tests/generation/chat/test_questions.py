import base64
import hashlib
import json

from generation.chat import DESCRIPTION_REQUEST
from generation.chat.questions import of_image, of_text
from generation.negatives import OPPOSITE_REQUEST
from tests.factories_generation import png

URL = "https://chat.example.org/v1"


def test_the_request_for_opposites_is_that_of_the_paper() -> None:
    assert (
        hashlib.sha256(OPPOSITE_REQUEST.encode()).hexdigest()
        == hashlib.sha256(
            b"Give negative prompt which is semantically opposite to the prompt provided. The negative prompt should help "
            b"eliminate things or concepts that contradict the given prompt. Don't use negation in creating negative prompts. "
            b"Exclude words like no, not, remove, etc."
        ).hexdigest()
    )


def test_a_question_of_a_text_is_the_request_and_the_prompt() -> None:
    question = of_text(URL, "gpt", 300, OPPOSITE_REQUEST, "a hand")
    message = {"role": "user", "content": f"{OPPOSITE_REQUEST}\n\na hand"}
    assert question.sent == question.kept == {"model": "gpt", "messages": [message], "max_tokens": 300}


def test_an_image_is_sent_as_it_is_and_kept_as_its_digest() -> None:
    question, image = of_image(URL, "gpt", 0, DESCRIPTION_REQUEST, png()), png()
    sent, kept = (body["messages"][0]["content"] for body in (question.sent, question.kept))
    assert sent[0] == kept[0] == {"type": "text", "text": DESCRIPTION_REQUEST}
    assert base64.b64decode(sent[1]["image_url"]["url"].removeprefix("data:image/png;base64,")) == image
    assert kept[1]["image_url"] == {"sha256": hashlib.sha256(image).hexdigest()}
    assert "max_tokens" not in question.sent


def test_a_question_is_known_by_its_endpoint_and_its_body() -> None:
    question = of_text(URL, "gpt", 300, "Say", "a hand")
    body = r'{"max_tokens":300,"messages":[{"content":"Say\n\na hand","role":"user"}],"model":"gpt"}'
    canonical = f'["{URL}",{body}]'
    assert question.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    others = [
        of_text(URL, "gpt", 300, "Say", "a hare"),
        of_text(URL, "gpt", 300, "Tell", "a hand"),
        of_text(URL, "other", 300, "Say", "a hand"),
        of_text(URL, "gpt", 30, "Say", "a hand"),
        of_text("https://other.example.org", "gpt", 300, "Say", "a hand"),
    ]
    assert len({question.sha256, *(other.sha256 for other in others)}) == 6


def test_other_images_are_other_questions_although_only_their_digests_are_kept() -> None:
    one, other = (of_image(URL, "gpt", 0, "Say", png(seed=seed)) for seed in (0, 1))
    assert one.sha256 != other.sha256
    assert "base64" not in json.dumps(one.kept)
