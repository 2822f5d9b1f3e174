import pytest
from django.test import Client

from studies.models import LogLine, QualityPlan, Study
from tests.factories_studies import NOON, StudyFactory, published_study, ready_study
from tests.studies.admin.browsing import address, save

pytestmark = pytest.mark.django_db


def _details(study: Study) -> list[str]:
    return list(study.log.values_list("detail", flat=True))


def test_a_change_is_told_from_old_to_new_and_by_whom(researcher: Client) -> None:
    study = ready_study(votes_wanted=2)
    save(researcher, study, votes_wanted=5, adult_content="on", design="pairs")
    line = study.log.get()
    assert (line.who, line.action) == ("researcher", "change")
    assert set(line.detail.splitlines()) == {
        "Votes per comparison: 2 → 5",
        "Adult content: no → yes",
        "Design: all conditions together → every pair of conditions",
    }


def test_saving_without_a_change_leaves_no_line(researcher: Client) -> None:
    study = ready_study()
    save(researcher, study)
    assert _details(study) == []


def test_of_a_long_text_only_the_lines_that_differ_are_told(researcher: Client) -> None:
    study = ready_study(instructions="Look.\nChoose.\nGo on.")
    save(researcher, study, instructions="Look.\nChoose well.\nGo on.")
    assert _details(study) == ["Instructions: \n-Choose.\n+Choose well."]


def test_parts_that_are_added_changed_and_removed_are_told(researcher: Client) -> None:
    study = ready_study()
    save(
        researcher,
        study,
        **{"conditions-0-printed_name": "SD", "criteria-1-DELETE": "on", "quality_plan-0-gold_share": "10"},
    )
    assert set(_details(study)[0].splitlines()) == {
        "study condition “SD”, Printed name: Method A → SD",
        "criterion removed: quality",
        f"quality plan added: Checks of {study}",
    }
    assert QualityPlan.objects.get().gold_share == 10


def test_what_stays_open_after_publishing_is_told_too(researcher: Client) -> None:
    pilot, study = StudyFactory.create(name="Pilot"), published_study()
    save(researcher, study, trials_per_session=7, earlier_studies=[pilot.pk])
    assert set(_details(study)[0].splitlines()) == {
        "Trials per session: 20 → 7",
        "Earlier studies: – → Pilot",
    }


def test_the_page_shows_the_latest_first_and_escapes_what_people_wrote(researcher: Client) -> None:
    study = ready_study()
    LogLine.objects.add(study, "rita", "pause", "", NOON)
    LogLine.objects.add(study, "<b>ana</b>", "change", "a\nb", NOON)
    html = researcher.get(address(study, "log")).content.decode()
    assert html.index("&lt;b&gt;ana&lt;/b&gt;") < html.index("rita")
    assert "a<br>b" in html


def test_the_history_of_the_admin_leads_to_the_log(researcher: Client) -> None:
    study = ready_study()
    assert researcher.get(address(study, "history"))["Location"] == address(study, "log")


def test_a_long_log_has_pages(researcher: Client) -> None:
    study = ready_study()
    for number in range(51):
        LogLine.objects.add(study, "rita", "change", f"line {number};", NOON)
    assert "line 0;" not in researcher.get(address(study, "log")).content.decode()
    assert "line 0;" in researcher.get(address(study, "log") + "?page=2").content.decode()
