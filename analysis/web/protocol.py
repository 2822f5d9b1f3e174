"""What the site knows of how a study was run, in words, as `python -m analysis report --protocol` reads it (analysis/facts.py).

Pay, ethics review and where people live are not among it: whoever ran the study states them.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from studies.models import Comparison, Drop, QualityPlan, Session, Study, StudyPromptSet

PER_CENT_OF_A_SESSION = (("gold_share", "gold trials"), ("repeat_share", "repeats"), ("attention_share", "attention checks"))
RULES = (
    ("gold_accuracy", "gold accuracy below {} %"),
    ("attention_accuracy", "fewer than {} % of attention checks passed"),
    ("repeat_consistency", "repeats alike in less than {} %"),
    ("fastest_seconds", "a median time of a trial below {} s"),
    ("same_position", "one position chosen in more than {} %"),
    ("ties", "no clear winner in more than {} %"),
)
SHOWN = {
    Study.Design.TOGETHER: "the images of all conditions",
    Study.Design.PAIRS: "the images of two conditions, every two of them alike often",
    Study.Design.BASELINE: "the images of the baseline and of one other condition",
}
SELECTIONS = {
    StudyPromptSet.Selection.ALL: "every prompt with the seeds {seeds}",
    StudyPromptSet.Selection.DRAWN: "{number} pairs of prompt and seed, drawn from every prompt with the seeds {seeds}",
    StudyPromptSet.Selection.LISTED: "pairs of prompt and seed from a list",
}


def protocol_facts(study: Study, *, rehearsal: bool) -> dict[str, Any]:
    """The facts by the names of the fields of `Protocol`, without those that the site does not know."""
    stated = {
        "recruitment": _recruitment(study, rehearsal),
        "selection": _said(_selection(study)),
        "training": _said(_training(study)),
        "instructions": study.instructions,
        "questions": "\n".join(f"{criterion.name}: {criterion.question}" for criterion in study.criteria.all()),
        "interface": _said(_interface(study)),
        "samples": "\n".join(_samples(study)),
        "planned_votes": _planned_votes(study),
        "quality_control": _said(_quality_control(study.quality)),
        "consent": _consent(study),
        "image_drops": study.drops_by_condition(),
    }
    return {name: value for name, value in stated.items() if not isinstance(value, str) or value.strip()}


def _said(sentences: Iterator[str]) -> str:
    return " ".join(sentences)


def _recruitment(study: Study, rehearsal: bool) -> str:
    if rehearsal:
        return "None: a rehearsal, with synthetic voters or by whoever had the rehearsal link."
    sessions = Session.objects.of(study, rehearsal=False)
    channels = ", ".join(sessions.order_by("worker__channel").values_list("worker__channel", flat=True).distinct())
    since = f" from {study.published_at:%Y-%m-%d} on" if study.published_at else ""
    invited = study.personal_links.filter(rehearsal=False).exclude(name="").count()
    if study.invited_only:
        return f"By invitation alone: {invited} people were sent a link of their own{since}. Channel: {channels}."
    also = f" {invited} people were sent a link of their own." if invited else ""
    return f"By a link to the study, which anybody who had it could follow{since}.{also} Channel: {channels}."


def _selection(study: Study) -> Iterator[str]:
    if study.minimum_age:
        yield f"Workers confirmed that they were at least {study.minimum_age} years old."
    if questions := study.quiz_questions.count():
        yield f"They had to pass a quiz of {questions} questions on the instructions, in as many attempts as it took."
    if earlier := ", ".join(f"“{study}”" for study in study.earlier_studies.order_by("pk")):
        yield f"Whoever took part in {earlier} could not take part."
    if shut_out := len(study.excluded_ids.split()):
        yield f"{shut_out} workers were shut out by their ids."


def _training(study: Study) -> Iterator[str]:
    if examples := study.examples.count():
        yield f"Examples with the instructions: {examples}."
    if study.practice_trials:
        yield f"Practice trials with feedback, never counted: {study.practice_trials}."


def _interface(study: Study) -> Iterator[str]:
    yield f"Each trial showed a prompt, side by side {SHOWN[Study.Design(study.design)]}, and the questions."
    yield "Any image or “no clear winner” could be chosen; every question had to be answered."
    yield "Images were re-encoded without metadata and served under addresses that tell nothing."
    yield "Each condition stood at each position equally often, or differed by one."
    yield f"Pages were in {study.get_language_display()}; a session had up to {study.trials_per_session} trials beside checks."


def _samples(study: Study) -> Iterator[str]:
    """Of each prompt set, where its pairs came from and how many were compared."""
    wanted = Comparison.objects.filter(study=study).wanted()
    counted = wanted.order_by().values("prompt__prompt_set").annotate(n=Count("pk")).values_list("prompt__prompt_set", "n")
    comparisons = dict(counted)
    dropped = set(Drop.objects.filter(study=study).values_list("prompt__prompt_set", "prompt", "seed"))
    for chosen in study.prompt_sets.select_related("prompt_set"):
        taken = SELECTIONS[StudyPromptSet.Selection(chosen.selection)].format(seeds=chosen.seeds, number=chosen.number)
        source = " ".join(chosen.prompt_set.source.split())
        pairs = sum(prompt_set == chosen.prompt_set_id for prompt_set, _, _ in dropped)
        yield (
            f"{chosen}: {taken}; {comparisons.get(chosen.prompt_set_id, 0)} comparisons. Pairs dropped for all "
            f"conditions, as an image of theirs was flagged as NSFW: {pairs}.{f' Source: {source}' if source else ''}"
        )


def _planned_votes(study: Study) -> str:
    """Each time that more were asked for is in the study's log."""
    added = [line.detail for line in study.log.filter(action="add votes").order_by("at", "pk")]
    later = f" More were asked for after publishing: {' '.join(added)}" if added else ""
    return f"{study.votes_wanted} votes on each comparison and question, by different workers.{later}"


def _quality_control(plan: QualityPlan) -> Iterator[str]:
    if shares := [f"{getattr(plan, name)} % {what}" for name, what in PER_CENT_OF_A_SESSION if getattr(plan, name)]:
        yield f"Hidden among the trials of a session: {', '.join(shares)}."
    rules = [words.format(limit) for name, words in RULES if (limit := getattr(plan, name)) is not None]
    if rules:
        yield f"Workers were flagged, on at least {plan.fewest_trials} trials, for {', '.join(rules)}."
    yield "A worker's votes were excluded only by a decision of the researchers with its reason, and stay in the data."


def _consent(study: Study) -> str:
    kept = study.withdrawal == Study.Withdrawal.KEEP
    after = "were kept" if kept else "were deleted"
    return f"{study.consent.strip()}\n\n(Votes of a worker who withdrew {after}.)"
