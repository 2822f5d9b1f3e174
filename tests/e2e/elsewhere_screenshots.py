"""Pictures of a study on a panel and on Prolific, for tests.e2e.mturk_screenshots."""

from typing import TYPE_CHECKING

from playwright.sync_api import Page

from tests.e2e.screenshots import Save, address
from tests.studies.channels.prolific.stand_in import StandIn

if TYPE_CHECKING:  # the models can be imported only after the configuration
    from studies.models import Study


def panel_page(page: Page, study: "Study", save: Save) -> None:
    """The same study at CloudResearch Connect, as docs/panels.md sets it up."""
    page.goto(address("study_panels", study.pk))
    told = {
        "Panel": "connect",
        "Participant's id": "participantId",
        "Visit's id": "assignmentId",
        "Completion code": "7F3KQ",
    }
    for label, text in told.items():
        page.get_by_label(label, exact=False).last.fill(text)
    page.get_by_role("button", name="Add the panel").click()
    save("panels")


def prolific_pages(page: Page, study: "Study", panel: StandIn, save: Save) -> None:
    """The same study on Prolific, whose participants are made up: two wait for a decision, one is at work."""
    page.goto(address("study_prolific", study.pk))
    for label, text in {"Description": "Look at images.", "Reward:": "1.50", "Estimated minutes": "10"}.items():
        page.get_by_label(label, exact=label == "Reward:").first.fill(text)
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_label("Places").first.fill("3")
    page.get_by_label("Budget").fill("20")
    page.get_by_role("button", name="Save the plan").click()
    page.get_by_role("link", name="Costs, and publish").click()
    save("prolific-costs")
    page.get_by_role("button", name="Publish on Prolific for").click()
    row = study.prolific_studies.get()
    from tests.studies.channels.prolific.rows import finished  # after the configuration, as it reads models

    for number, minutes in enumerate((9, 12)):
        finished(row, panel, f"participant-{number}", seconds=60.0 * minutes)
    panel.state.come(row.prolific_id, "participant-2")
    page.get_by_role("button", name="Read Prolific now").click()
    save("prolific")
