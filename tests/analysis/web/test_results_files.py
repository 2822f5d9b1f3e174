"""The files of a result page as browsers get them."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from analysis.web.models import StudyResults
from analysis.web.results_asked import ask
from studies.models import Study
from tests.analysis.web.made_results import compute, made_report, quick_results
from tests.analysis.web.voted_studies import answer
from tests.evalsite.test_policy import policy_of
from tests.factories_studies import published_study

SAVED = "attachment; filename="


__all__ = ["made_report", "quick_results"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_results")]


@pytest.fixture
def study() -> Study:
    """A closed study whose results are computed."""
    study = published_study(prompts=2, name="Spring")
    answer(study, [study.conditions.first()] * 2)
    study.close()
    ask(study, timezone.now(), rehearsal=False)
    compute()
    return study


def sent(client: Client, study: Study, name: str) -> Any:
    """The answer, read to its end, which closes the file."""
    response = client.get(f"/results/{study.pk}/files/{name}")
    list(response)
    return response


def test_every_kind_of_file_is_sent_as_what_it_is(researcher: Client, study: Study) -> None:
    kinds = {}
    for name in ("tables.csv", "tables.tex", "tables.md", "report.json", "report.html"):
        response = sent(researcher, study, name)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response.headers["Cache-Control"]
        kinds[name] = (response.headers["Content-Type"], response.headers["Content-Disposition"].startswith(SAVED))
    assert kinds == {
        "tables.csv": ("text/csv; charset=utf-8", True),
        "tables.tex": ("text/x-tex; charset=utf-8", True),
        "tables.md": ("text/markdown; charset=utf-8", True),
        "report.json": ("application/json", True),
        "report.html": ("text/html; charset=utf-8", False),
    }


@pytest.mark.parametrize(("suffix", "kind"), [("pdf", "application/pdf"), ("svg", "image/svg+xml"), ("png", "image/png")])
def test_figures_are_sent_in_every_format(researcher: Client, study: Study, suffix: str, kind: str) -> None:
    response = sent(researcher, study, f"figures/demo/shares.{suffix}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, kind)


def test_a_report_may_show_what_it_holds_and_do_nothing(researcher: Client, study: Study) -> None:
    policy = sent(researcher, study, "report.html").headers["Content-Security-Policy"].split("; ")
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert not any(directive.startswith(("script-src", "connect-src")) for directive in policy)


def test_the_page_itself_keeps_the_sites_policy_but_for_figures(researcher: Client, study: Study) -> None:
    policy = policy_of(researcher.get(f"/results/{study.pk}/"))
    assert (policy["img-src"], policy["style-src"], policy["script-src"]) == ("'self' data:", "'self'", "'self'")


@pytest.mark.parametrize("name", ["../../../evalsite.sqlite3", "%2e%2e/%2e%2e/secret_key", "/etc/passwd", "figures", "", "x"])
def test_no_name_leads_out_of_the_report(researcher: Client, study: Study, name: str) -> None:
    (StudyResults.objects.get().shelf / "secret_key").write_text("secret")
    assert researcher.get(f"/results/{study.pk}/files/{name}").status_code == 404


def test_the_zip_holds_every_file(researcher: Client, study: Study) -> None:
    content = b"".join(researcher.get(f"/results/{study.pk}/files/report.zip"))
    folder = StudyResults.objects.get().folder
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) >= {"tables.csv", "report.html", "figures/demo/shares.svg"}
        assert all(archive.read(name) == (folder / name).read_bytes() for name in archive.namelist())


def test_the_style_of_the_report_reaches_nothing_else(researcher: Client, study: Study) -> None:
    response = researcher.get(f"/results/{study.pk}/style.css")
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("#live .live-report * { all: revert; }\n#live .live-report {\n")
    assert text.endswith("}\n}\n")
