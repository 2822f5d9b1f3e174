"""A study of a million images in rows alone, written by the database itself; for benchmarks.large_study.

Every image names one of a few files. 4 conditions, 100 seeds; one image in a thousand is flagged, which drops its pair; two
votes wanted.
What its workers did is in benchmarks/large_study_crowd.py.
"""

# ruff: noqa: S608 (nothing here comes from anybody but this file)

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from benchmarks.large_study_crowd import REAL, Crowd
from benchmarks.large_study_sql import DAYS, Sql
from generation.models import Batch, Condition, Image, Prompt, Run
from studies.models import Comparison, ComparisonImage, Drop, Place, Study, StudyCondition
from tests.factories_generation import CheckpointFactory, ConditionFactory, PromptSetFactory, RunFactory, png
from tests.factories_studies import CriterionFactory, StudyConditionFactory, StudyFactory, StudyPromptSetFactory

SEEDS, VOTES_WANTED, PROMPT_SETS = 100, 2, 4
GOLDS, FILES, BATCH = 120, 8, 16
PRINTED = ("SD", "SD+standard", "SD+random", "SD+auto-DNP")
IMAGES_A_WORKER = 500
FILE = f"'large/' || (n %% {FILES}) || '.png'"
# About as long as that of an image of one of the simpler methods.
PROVENANCE = (
    '{"method": "cfg", "settings": {"scale": 7.5, "negative": ""}, "checkpoint": "hub/model-0", "scheduler": "ddim", '
    '"evaluations": 41, "size": 512, "device": "cuda:0", "dtype": "torch.float16", "attention": "sdpa", "compiled": false, '
    '"libraries": {"python": "3.11", "torch": "2.7.1", "diffusers": "0.34.0"}, "stacked": [1, 2, 3, 4, 5, 6, 7, 8], '
    '"traces": {}}'
)


@dataclass(frozen=True)
class Large:
    """The studies: one that runs, a draft that lacks nothing, and one that wants a seed more than there are images of."""

    running: Study
    ready: Study
    lacking: Study
    run: Run


@transaction.atomic
def build(images: int) -> Large:
    """Fill an empty database with a study of about so many images."""
    prompts = max(PROMPT_SETS, images // (SEEDS * len(PRINTED)))
    run, conditions = _prompts(prompts)
    studies = [_study(name, conditions, run, seeds) for name, seeds in _STUDIES]
    large = Large(studies[0], studies[1], studies[2], run)
    Rows(large).write()
    Crowd(large.running, max(4, images // IMAGES_A_WORKER), GOLDS).write()
    for study in studies:
        study.refresh_from_db()
    return large


_STUDIES = (("Large", f"0-{SEEDS - 1}"), ("Large, ready", f"0-{SEEDS - 1}"), ("Large, lacking", f"0-{SEEDS}"))


def _prompts(number: int) -> tuple[Run, list[Condition]]:
    sets = [PromptSetFactory.create(name=f"Set {n}") for n in range(PROMPT_SETS)]
    Prompt.objects.bulk_create(
        Prompt(prompt_set=sets[n % PROMPT_SETS], text=f"a photo of a cat and a dog, number {n}", subset=f"subset {n % 3}")
        for n in range(number)
    )
    checkpoint = CheckpointFactory.create()
    scales = (7.5, 5.0, 9.0, 12.0)
    conditions = [ConditionFactory.create(checkpoint=checkpoint, settings={"scale": scale}) for scale in scales]
    run = RunFactory.create(name="Large", seeds=f"0-{SEEDS - 1}", batch_size=BATCH, conditions=conditions, prompt_sets=sets)
    return run, conditions


def _study(name: str, conditions: Sequence[Condition], run: Run, seeds: str) -> Study:
    study = StudyFactory.create(name=name, votes_wanted=VOTES_WANTED, trials_per_session=REAL, shows_results_while_open=True)
    for position, (condition, printed) in enumerate(zip(conditions, PRINTED, strict=True)):
        StudyConditionFactory.create(study=study, condition=condition, printed_name=printed, position=position)
    for position, criterion in enumerate(("correctness", "quality")):
        CriterionFactory.create(study=study, name=criterion, position=position, has_gold_answer=position == 0)
    for prompt_set in run.prompt_sets.all():
        StudyPromptSetFactory.create(study=study, prompt_set=prompt_set, seeds=seeds)
    return study


class Rows:
    """What planning, workers that draw, and publishing would write, one statement for each kind of row."""

    def __init__(self, large: Large) -> None:
        self.large, self.study, self.sql = large, large.running.pk, Sql(provenance=PROVENANCE)
        self.keys = list(StudyCondition.objects.filter(study=large.running).values_list("pk", flat=True))

    def write(self) -> None:
        """Images with their batches, comparisons and places."""
        for number in range(FILES):
            default_storage.save(f"large/{number}.png", ContentFile(png(64, number)))
        self._images()
        self._comparisons()
        self._shown()
        self._places()
        published = timezone.now() - timedelta(days=DAYS)
        Study.objects.filter(pk=self.study).update(state=Study.State.PUBLISHED, published_at=published)

    def _images(self) -> None:
        """Every pair in every condition; of one prompt in fifty, images of one seed more that failed or are still queued."""
        pairs = Prompt.objects.count() * SEEDS
        Batch.objects.bulk_create(Batch(run=self.large.run) for _ in range(pairs * len(PRINTED) // BATCH + SEEDS))
        first_prompt, first_batch = Prompt.objects.aggregate(n=Min("pk"))["n"], Batch.objects.aggregate(n=Min("pk"))["n"]
        columns = {
            "prompt_id": "prompt",
            "seed": "seed",
            "condition_id": "condition",
            "run_id": str(self.large.run.pk),
            "batch_id": f"n / {BATCH // len(PRINTED)} + {first_batch}",
            "state": f"""CASE WHEN seed = {SEEDS} THEN CASE WHEN place %% 2 = 0 THEN 'failed' ELSE 'queued' END
                WHEN n %% 250 = 0 AND place = 1 THEN 'flagged' ELSE 'done' END""",
            "reason": f"CASE WHEN seed = {SEEDS} AND place %% 2 = 0 THEN 'CUDA out of memory' ELSE '' END",
            "file": f"CASE WHEN seed = {SEEDS} THEN '' ELSE {FILE} END",
            "provenance": self.sql.json("%(provenance)s"),
            "finished_at": self.sql.moment("n"),
        }
        made = f"""
            WITH RECURSIVE s(seed) AS (SELECT 0 UNION ALL SELECT seed + 1 FROM s WHERE seed < {SEEDS}),
            made AS (
                SELECT p.id AS prompt, s.seed AS seed, c.id AS condition, (p.id - {first_prompt}) * {SEEDS} + s.seed AS n,
                    row_number() OVER (PARTITION BY p.id, s.seed ORDER BY c.id) AS place
                FROM generation_prompt p CROSS JOIN s CROSS JOIN generation_condition c
                WHERE s.seed < {SEEDS} OR p.id %% 50 = 0
            )"""
        self.sql.insert(Image, columns, "FROM made ORDER BY prompt, seed, condition", made)

    def _comparisons(self) -> None:
        """Of every pair without a flagged image; the others are drops."""
        pair = {"study_id": str(self.study), "prompt_id": "prompt_id", "seed": "seed"}
        self.sql.insert(Drop, {**pair, "condition_id": str(self.keys[0])}, "FROM generation_image WHERE state = 'flagged'")
        first = f"condition_id = (SELECT min(id) FROM generation_condition) AND state = 'done' AND seed < {SEEDS}"
        columns = {**pair, "together": "'0,1,2,3'"}
        self.sql.insert(Comparison, columns, f"FROM generation_image WHERE {first} ORDER BY prompt_id, seed")
        gold = {"kind": "'gold'", "gold_answer_id": str(self.keys[0])}
        self.sql.insert(
            Comparison, {**columns, **gold}, f"FROM studies_comparison WHERE kind = 'vote' ORDER BY id LIMIT {GOLDS}"
        )

    def _shown(self) -> None:
        columns = {"comparison_id": "comparison", "condition_id": "condition", "source_id": "n", "file": FILE}
        shown = """
            FROM (
                SELECT c.id AS comparison, sc.id AS condition, i.id AS n
                FROM studies_comparison c JOIN generation_image i ON i.prompt_id = c.prompt_id AND i.seed = c.seed
                JOIN studies_studycondition sc ON sc.condition_id = i.condition_id AND sc.study_id = c.study_id
            ) shown ORDER BY comparison, condition"""
        self.sql.insert(ComparisonImage, columns, shown)

    def _places(self) -> None:
        """Two real and two rehearsal places each, ranked in an order that jumps about the comparisons."""
        turns = " ".join(
            f"WHEN {turn} THEN '{(self.keys * 2)[turn : turn + len(self.keys)]}'" for turn in range(len(self.keys))
        )
        columns = {
            "study_id": str(self.study),
            "comparison_id": "c.id",
            "rehearsal": "rehearsal",
            "number": "number",
            "shown": self.sql.json(f"CASE (c.id + number) %% {len(self.keys)} {turns} END"),
            "rank": "number * c.total + (c.n * 7919) %% c.total",
        }
        numbers = """
            WITH numbers(number) AS (SELECT 0 UNION ALL SELECT 1), kinds(rehearsal) AS (SELECT FALSE UNION ALL SELECT TRUE),
            c AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS total
                FROM studies_comparison WHERE kind = 'vote')"""
        order = "FROM c CROSS JOIN numbers CROSS JOIN kinds ORDER BY c.id, rehearsal, number"
        self.sql.insert(Place, columns, order, numbers)
