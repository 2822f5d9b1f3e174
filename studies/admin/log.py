"""The log of a study: what its forms changed, line by line, and the page that shows it."""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from studies.admin.pages import VIEW_STUDY, render_page, study_page
from studies.models import Study

LINES_A_PAGE = 50
NOTHING = "–"


def changes_of(form: Any, formsets: Iterable[Any]) -> list[str]:
    """What a saved form of a study and those of its parts changed, a line each: field: old → new."""
    lines = list(_changed_fields(form))
    for formset in formsets:
        lines += _changed_rows(formset)
    return lines


def _changed_rows(formset: Any) -> Iterator[str]:
    kind = formset.model._meta.verbose_name
    for row in formset.new_objects:
        yield f"{kind} added: {row}"
    changed = [row for row, _fields in formset.changed_objects]
    for form in formset.initial_forms:
        if form.instance in changed:
            yield from (f"{kind} “{form.instance}”, {line}" for line in _changed_fields(form))
    for row in formset.deleted_objects:
        yield f"{kind} removed: {row}"


def _changed_fields(form: Any) -> Iterator[str]:
    for name in form.changed_data:
        field = form.fields[name]
        old, new = _told(field, form.initial.get(name)), _told(field, form.cleaned_data.get(name))
        yield f"{field.label}: {_change(old, new)}"


def _told(field: forms.Field, value: Any) -> str:
    """A field's value in words."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(sorted(map(str, value or ()))) or NOTHING
    if isinstance(field, forms.ModelChoiceField):
        return str(field.to_python(value) or NOTHING)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NOTHING if value in (None, "") else str(value)


def _change(old: str, new: str) -> str:
    """From old to new; of texts of several lines only the lines that differ."""
    if "\n" not in old + new:
        return f"{old} → {new}"
    differing = list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))[2:]
    return "\n".join(line for line in ["", *differing] if not line.startswith("@@"))


@study_page(VIEW_STUDY)
def log(request: HttpRequest, study: Study) -> HttpResponse:
    """Everything that was done to a study, the latest first."""
    lines = Paginator(study.log.all(), LINES_A_PAGE).get_page(request.GET.get("page"))
    return render_page(request, study, "log", {"title": f"Log of “{study}”", "lines": lines})
