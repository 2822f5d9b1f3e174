"""What a browser finds on the voting pages: images, and forms with their fields. Cheap, so that a benchmark can afford it."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

FORM = re.compile(r"<form\b[^>]*>(.*?)</form>", re.DOTALL)
INPUT = re.compile(r"<input\b([^>]*)>")
IMAGE = re.compile(r"<figure\b.*?<img\b([^>]*)>", re.DOTALL)
ATTRIBUTE = re.compile(r"([\w-]+)(?:=\"([^\"]*)\")?")


@dataclass(frozen=True)
class Form:
    """A form as a browser sends it: hidden fields, boxes to tick, and the values of each group of radios."""

    hidden: Mapping[str, str]
    boxes: Mapping[str, str]
    questions: Mapping[str, list[str]]

    def filled(self, choices: Mapping[str, str]) -> dict[str, str]:
        """All fields with every box ticked and these choices."""
        return {**self.hidden, **self.boxes, **choices}


def forms(page: str) -> list[Form]:
    """The forms of a page, in its order."""
    return [_form(inside) for inside in FORM.findall(page)]


def images(page: str) -> list[str]:
    """The addresses of the images that a trial's page shows, Image 1 first."""
    return [_attributes(image)["src"] for image in IMAGE.findall(page)]


def _form(inside: str) -> Form:
    inputs = [_attributes(field) for field in INPUT.findall(inside)]
    questions: dict[str, list[str]] = {}
    for radio in _of_type(inputs, "radio"):
        questions.setdefault(radio["name"], []).append(radio["value"])
    return Form(
        {field["name"]: field.get("value", "") for field in _of_type(inputs, "hidden")},
        {field["name"]: field.get("value", "on") for field in _of_type(inputs, "checkbox")},
        questions,
    )


def _of_type(inputs: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    return [field for field in inputs if field.get("type") == kind and "name" in field]


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(tag)}
