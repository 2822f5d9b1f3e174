"""An image's provenance as a researcher reads it: names with values on one line each, traces as short lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

TRACES, STACKED, NEGATIVES = "traces", "stacked", "negatives"
CHAT_ANSWER = "chat_answer"


def table_of(provenance: Mapping[str, Any]) -> SafeString:
    """The provenance as a table, but for what negative sources gave, which the page tells first; a dash if there is none."""
    rows = [(name.replace("_", " "), _told(name, value)) for name, value in provenance.items() if name != NEGATIVES]
    if not rows:
        return SafeString("–")
    return format_html("<table>{}</table>", format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', rows))


def _told(name: str, value: Any) -> str:
    if name == TRACES:
        return format_html_join("", "{}", ((_trace(trace, values),) for trace, values in value.items())) or "none"
    if name == STACKED:
        return _folded(f"{len(value)} images together", value)
    if name == CHAT_ANSWER:
        return format_html('<a href="{}">{}</a>', reverse("admin:generation_chatanswer_change", args=[value]), value)
    if isinstance(value, Mapping):
        return format_html_join("", "{} = {}<br>", value.items()) or "none"
    return "–" if value in ("", None) else str(value)


def _trace(name: str, values: Sequence[float]) -> SafeString:
    """Where a trace starts, ends and lies between, with all its values on demand."""
    if not values:
        return format_html("{}: none", name)
    short = [f"{value:.4g}" for value in values]
    first, last, least, most = (f"{value:.4g}" for value in (values[0], values[-1], min(values), max(values)))
    return _folded(f"{name}: {len(values)} steps, from {first} to {last}, between {least} and {most}", short)


def _folded(summary: str, values: Sequence[Any]) -> SafeString:
    return format_html("<details><summary>{}</summary>{}</details>", summary, ", ".join(map(str, values)))
