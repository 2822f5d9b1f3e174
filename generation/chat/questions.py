"""What is asked: the body of a request in the chat completions protocol, and what identifies it."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

# Desai & Vasconcelos (ECCV 2024), supplement §4.1, name the model, gpt-4-vision-preview, and print no request: these words are
# our own, for a simple caption, which the authors found to serve better than one with many details.
DESCRIPTION_REQUEST = "Describe what this image shows in one short, simple sentence."


@dataclass(frozen=True, eq=False)
class Question:
    """A request's body as it is sent, and as it is kept: there, an image is the SHA-256 of its file."""

    url: str
    sent: dict[str, Any]
    kept: dict[str, Any]

    @property
    def model(self) -> str:
        return str(self.kept["model"])

    @property
    def sha256(self) -> str:
        """The identity of the question: its endpoint and its body in canonical JSON. The same is never asked twice."""
        canonical = json.dumps([self.url, self.kept], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def of_text(url: str, model: str, max_tokens: int, request: str, prompt: str) -> Question:
    """The request, a blank line, and the prompt, as one message of the user; with max_tokens 0, none are said."""
    body = _body(model, max_tokens, f"{request}\n\n{prompt}")
    return Question(url, sent=body, kept=body)


def of_image(url: str, model: str, max_tokens: int, request: str, png: bytes) -> Question:
    """The request and the image, as one message of the user."""
    sent = {"url": f"data:image/png;base64,{base64.b64encode(png).decode()}"}
    kept = {"sha256": hashlib.sha256(png).hexdigest()}
    return Question(
        url,
        sent=_body(model, max_tokens, _parts(request, sent)),
        kept=_body(model, max_tokens, _parts(request, kept)),
    )


def _parts(request: str, image: dict[str, str]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": request}, {"type": "image_url", "image_url": image}]


def _body(model: str, max_tokens: int, content: str | list[dict[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": content}]}
    return {**body, "max_tokens": max_tokens} if max_tokens else body
