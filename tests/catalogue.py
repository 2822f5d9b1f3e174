"""The German catalogue of strings, and the strings that the worker's pages mark for translation."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Engine
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).parents[1]
FOLDER = Path(settings.LOCALE_PATHS[0]) / "de" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
FIELD = re.compile(r'^msg(id|id_plural|str|str\[\d\]) (".*")$', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
MARKERS = {"_", "gettext", "gettext_lazy"}


@dataclass(frozen=True)
class Entry:
    """A string, with its plural if it has one, and its translations."""

    ids: tuple[str, ...]
    translations: tuple[str, ...]
    is_fuzzy: bool


def entries() -> list[Entry]:
    """What the .po file holds, without its header."""
    _, *blocks = PO.read_text(encoding="utf-8").split("\n\n")
    return [_entry(block) for block in blocks]


def _entry(block: str) -> Entry:
    fields = [(kind, str(ast.literal_eval(text))) for kind, text in FIELD.findall(block)]
    ids = tuple(text for kind, text in fields if kind.startswith("id"))
    return Entry(ids, tuple(text for kind, text in fields if kind.startswith("str")), "fuzzy" in block.splitlines()[0])


def marked() -> set[str]:
    """Every string, plurals apart, that code or a template of the voting pages marks."""
    code = (text for path in (ROOT / "studies").rglob("*.py") for text in _marked_in_code(path.read_text(encoding="utf-8")))
    folders = [ROOT / "studies" / "templates", *(ROOT / "studies" / "channels").glob("*/templates")]
    names = [str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.html")]
    return {*code, *(text for name in names for text in _marked_in_template(name))}


def _marked_in_code(source: str) -> Iterator[str]:
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKERS:
            text = call.args[0]
            assert isinstance(text, ast.Constant), f"line {call.lineno}: only a plain string can be found by its translators"
            yield str(text.value)


def _marked_in_template(name: str) -> Iterator[str]:
    nodes: Any = Engine.get_default().get_template(name).nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        yield str(node.filter_expression.var.literal)
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        yield str(node.render_token_list(node.singular)[0])
        if node.plural:
            yield str(node.render_token_list(node.plural)[0])
