"""How the study went: what reporting guidelines ask for, each as stated or as not stated.

Otani et al., "Toward Verifiable and Reproducible Human Evaluation for Text-to-Image Generation" (CVPR 2023).
"""

from collections.abc import Iterator

from analysis.facts import Facts, Protocol
from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, facts, figure, joined, paragraph, table
from analysis.report_page.numbers import counted, decimal, listed, whole

TITLE = "How the study went"
NOT_STATED = "not stated"
ABOUT = (
    "What Otani et al. (“Toward Verifiable and Reproducible Human Evaluation for Text-to-Image Generation”, CVPR 2023) ask "
    "every human evaluation to report. Counts are from the votes that count; the rest is in the words of who ran the study."
)
STATED = {
    "recruitment": "Recruitment of workers",
    "selection": "Selection of workers",
    "location": "Location and language of workers",
    "pay": "Pay",
    "hourly_wage": "Hourly wage",
    "training": "Training",
    "instructions": "Instructions as shown",
    "questions": "Questions as asked",
    "interface": "Interface",
    "samples": "Choice of prompts and seeds",
    "planned_votes": "Votes planned, and when to stop",
    "quality_control": "Quality control",
    "consent": "Consent",
    "ethics": "Ethics review",
}


def part(report: StudyReport, pictures: Pictures) -> Html:
    days = [(day, whole(votes)) for day, votes in report.facts.votes_by_day]
    return joined(
        [
            paragraph(ABOUT),
            facts([*_counted(report), *_stated(report.protocol)]),
            figure(pictures, "votes-over-time"),
            table("Votes of each day, UTC", ("Day", "Votes"), days),
        ]
    )


def _counted(report: StudyReport) -> Iterator[tuple[str, str]]:
    of = report.facts
    yield "Workers", f"{whole(of.workers)}{_each(of.votes_per_worker, 'votes of each')}"
    yield "Votes", f"{whole(of.votes)} in {counted(of.trials, 'trial')}"
    yield "Comparisons", f"{whole(of.comparisons)}{_each(of.votes_per_comparison, 'votes on each and criterion')}"
    yield "Prompts and images", f"{counted(of.prompts, 'prompt')}, {counted(of.images, 'image')}"
    yield "Sessions", NOT_STATED if of.sessions is None else whole(of.sessions)
    yield "Channels", listed(of.channels) if of.channels else NOT_STATED
    yield "Time of a trial", NOT_STATED if of.median_seconds is None else f"{decimal(of.median_seconds, 1)} seconds (median)"
    yield "Collected", _period(of)
    yield "Excluded", f"{counted(of.all_votes - of.votes, 'vote')} of {of.all_votes:,}; see Exclusions"
    yield (
        "Screening of images",
        f"not screened for NSFW: {of.unscreened}" if of.unscreened else "no image is marked as unscreened",
    )


def _each(spread: tuple[int, float, int] | None, of: str) -> str:
    if spread is None:
        return ""
    fewest, mean, most = spread
    return f"; {fewest:,} to {most:,} {of} (mean {mean:,.1f})"


def _period(of: Facts) -> str:
    return f"{of.first_vote} to {of.last_vote}" if of.first_vote else NOT_STATED


def _stated(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for field, name in STATED.items():
        yield name, getattr(protocol, field) or NOT_STATED
    yield "Images flagged as NSFW", _drops(protocol)


def _drops(protocol: Protocol) -> str:
    if protocol.image_drops is None:
        return NOT_STATED
    return (
        listed([f"{condition}: {images:,}" for condition, images in protocol.image_drops]) if protocol.image_drops else "none"
    )
