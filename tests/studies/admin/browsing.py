"""The study editor as a browser fills it in."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from studies.models import Study

ADD = "/admin/studies/study/add/"


def fields_of(response: Any) -> dict[str, Any]:
    """The names and values of a page's fields, as a browser would send them."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form if field.name != "DELETE"}
    return {name: value for name, value in values.items() if value not in (None, "", []) and not hasattr(value, "storage")}


def address(study: Study, page: str = "change") -> str:
    """Of a page of the admin about this study."""
    return f"/admin/studies/study/{study.pk}/{page}/"


def save(browser: Client, study: Study, **changes: Any) -> HttpResponse:
    """Open the study's page, change some fields, and send the form; None empties a field."""
    fields = {**fields_of(browser.get(address(study))), **changes}
    sent = {name: value for name, value in fields.items() if value is not None}
    return browser.post(address(study), sent)  # type: ignore[return-value]


def added_row(prefix: str, number: int, **fields: Any) -> dict[str, Any]:
    """The fields of one more row of a study's parts, numbered from 0 after those that are there."""
    row = {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return {f"{prefix}-TOTAL_FORMS": number + 1, **row}


def errors_of(response: Any) -> list[str]:
    """Every sentence that a refused form says, wherever it stands."""
    sentences = [str(error) for errors in response.context["adminform"].form.errors.values() for error in errors]
    for inline in response.context["inline_admin_formsets"]:
        sentences += map(str, inline.formset.non_form_errors())
        sentences += [str(error) for form in inline.formset.forms for errors in form.errors.values() for error in errors]
    return sentences
