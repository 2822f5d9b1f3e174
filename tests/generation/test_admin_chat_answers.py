"""The admin's pages of chat answers, as a researcher's browser asks for them."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation.chat.questions import of_image, of_text
from generation.models import Caption, ChatAnswer, NegativeText
from tests.factories_generation import ImageFactory, PromptFactory, png

pytestmark = pytest.mark.django_db
URL = "https://chat.example.org/v1"


def make_answer(**fields: Any) -> ChatAnswer:
    model, prompt = fields.pop("model", "gpt-4o"), fields.pop("prompt", "a hand")
    question = of_text(URL, model, 0, "Say the opposite.", prompt)
    row = {"request_sha256": question.sha256, "url": URL, "model": model, "request": question.kept, "attempts": 1}
    answered = {"text": "a foot", "prompt_tokens": 40, "completion_tokens": 2, "answered_at": timezone.now()}
    return ChatAnswer.objects.create(**row | answered | fields)


def page(client: Client, name: str, *args: int, **query: str) -> str:
    answer = client.get(reverse(f"admin:generation_chatanswer_{name}", args=args), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_list_says_what_each_model_cost(researcher: Client) -> None:
    make_answer(cost=Decimal("0.0125"))
    make_answer(cost=Decimal("0.0300"), prompt="a foot")
    make_answer(prompt="a knee")
    make_answer(model="local", prompt_tokens=None, completion_tokens=None)
    shown = page(researcher, "changelist")
    row = '<th scope="row">gpt-4o</th><td>3</td><td>3</td> <td>120</td><td>6</td> <td>0.0425, and 1 answer of unknown cost</td>'
    assert row in shown
    assert '<th scope="row">local</th><td>1</td><td>1</td> <td>–</td><td>–</td> <td>not known</td>' in shown
    assert "gpt-4o</th>" not in page(researcher, "changelist", model="local")


def test_an_answer_shows_its_question_and_what_became_of_it(researcher: Client) -> None:
    answer, prompt = make_answer(), PromptFactory.create(text="a hand")
    NegativeText.objects.create(
        prompt=prompt, source={"source": "llm", "model": "gpt-4o"}, provenance={"chat_answer": answer.pk}
    )
    shown = page(researcher, "change", answer.pk)
    assert "<p>Say the opposite.</p><p>a hand</p>" in shown
    assert "negative of “a hand”" in shown


def test_a_description_shows_the_digest_of_its_image_and_its_caption(researcher: Client) -> None:
    question, image = of_image(URL, "gpt-4o", 0, "Describe this.", png()), ImageFactory.create(seed=7)
    answer = make_answer(request=question.kept)
    Caption.objects.create(image=image, captioner="chat:gpt-4o", provenance={"chat_answer": answer.pk})
    shown = page(researcher, "change", answer.pk)
    assert f"image {question.kept['messages'][0]['content'][1]['image_url']['sha256']}" in shown
    assert f"caption of the image of “{image.prompt}”, seed 7" in shown


def test_what_a_model_said_is_shown_as_text_alone(researcher: Client) -> None:
    answer = make_answer(text="<script>alert(1)</script>", reason="<b>")
    for shown in (page(researcher, "changelist"), page(researcher, "change", answer.pk)):
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert" in shown


def test_answers_cannot_be_added_changed_or_deleted(researcher: Client) -> None:
    answer = make_answer()
    assert researcher.get(reverse("admin:generation_chatanswer_add")).status_code == 403
    for name in ("change", "delete"):
        assert researcher.post(reverse(f"admin:generation_chatanswer_{name}", args=[answer.pk]), {}).status_code == 403


def test_the_list_without_answers_shows_no_costs(researcher: Client) -> None:
    assert "What the answers" not in page(researcher, "changelist")
