"""What workers were told and asked, in files of a bundle: as it was written, and as the pages showed it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.html import format_html

from studies import markdown
from studies.models import Example, Study

FOLDER = "instructions"


def write_instructions(study: Study, folder: Path) -> None:
    """Instructions and consent as Markdown and HTML, the questions, the examples. Raises OSError for an example not on disk."""
    (folder / "examples").mkdir(parents=True)
    for name, text in (("instructions", study.instructions), ("consent", study.consent)):
        _write(folder / f"{name}.md", text)
        _write(folder / f"{name}.html", _page(study, name, text))
    asked = {**_asked(study), "examples": list(_examples(study, folder))}
    _write(folder / "questions.json", json.dumps(asked, ensure_ascii=False, indent=1) + "\n")


def _asked(study: Study) -> dict[str, Any]:
    return {
        "criteria": [{"name": each.name, "question": each.question} for each in study.criteria.all()],
        "notes": {str(chosen): chosen.note for chosen in study.prompt_sets.select_related("prompt_set") if chosen.note},
        "quiz": [
            {"question": each.question, "choices": each.options, "answer": each.answer, "explanation": each.explanation}
            for each in study.quiz_questions.all()
        ],
    }


def _examples(study: Study, folder: Path) -> Iterator[dict[str, str]]:
    for number, example in enumerate(study.examples.all(), start=1):
        name = f"examples/{number}.png"
        _copy(example, folder / name)
        yield {"file": name, "caption": example.caption}


def _copy(example: Example, path: Path) -> None:
    with example.file.open() as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def _page(study: Study, name: str, text: str) -> str:
    """The text as its page showed it, in a document of its own."""
    return format_html(
        '<!doctype html>\n<html lang="{}">\n<meta charset="utf-8">\n<title>{} – {}</title>\n{}\n</html>\n',
        *(study.language, study.name, name, markdown.render(text)),
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
