"""Which votes and images were left out, and what that did to the shares."""

from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, joined, paragraph, table
from analysis.report_page.numbers import percent, points, whole

TITLE = "Exclusions"
HEADS = ("Reason", "Votes", "Workers")
EFFECT_HEADS = ("Prompt set", "Criterion", "Method", "Share", "Share with excluded votes", "Effect, points")
DROP_HEADS = ("Condition", "Images flagged as NSFW")
NOTHING_EXCLUDED = "No vote in the file is excluded."


def part(report: StudyReport, _pictures: Pictures) -> Html:
    reasons = [(each.reason, whole(each.votes), whole(each.workers)) for each in report.excluded]
    effects = [
        (
            *(each.prompt_set, each.criterion, each.method, percent(each.percent), percent(each.percent_with_excluded)),
            points(_difference(each.percent, each.percent_with_excluded)),
        )
        for each in report.effects
    ]
    drops = [(condition, whole(images)) for condition, images in report.protocol.image_drops or ()]
    return joined(
        [
            table("Votes that do not count", HEADS, reasons) if reasons else paragraph(NOTHING_EXCLUDED),
            table("What the exclusions did to each share", EFFECT_HEADS, effects, named=3),
            table("Images left out, by condition", DROP_HEADS, drops),
        ]
    )


def _difference(without: float | None, with_excluded: float | None) -> float | None:
    return None if without is None or with_excluded is None else without - with_excluded
