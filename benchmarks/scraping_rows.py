"""The rows that benchmarks.scraping looks at: one of each kind is made, and the database itself writes the others after it."""

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from generation.models import Image
from studies.models import Comparison, Session, Trial, Vote
from tests.factories_generation import BatchFactory, ImageFactory, PromptFactory
from tests.factories_studies import WorkerFactory, ready_study

A_MINUTE = 1000  # images made, and trials answered
WORKERS = 500
PROVENANCE = {"method": "cfg", "settings": {"scale": 7.5}, "checkpoint": "hub/model", "traces": "x" * 600}


def write(images: int, batch: int) -> None:
    """Half of the images done until now, half queued in batches; a trial answered for each that is done."""
    now, made = timezone.now(), images // 2
    _multiply(BatchFactory.create(finished_at=now), made // batch, {})
    _multiply(BatchFactory.create(), (images - made) // batch, {})
    done = ImageFactory.create(seed=0, state=Image.State.DONE, provenance=PROVENANCE, finished_at=now)
    _multiply(done, made, {"seed": "n", "finished_at": _moment(f"n * 60.0 / {A_MINUTE}")})
    queued = ImageFactory.create(seed=0, state=Image.State.QUEUED, prompt=PromptFactory.create())
    _multiply(queued, images - made, {"seed": "n"})
    _trials(made // WORKERS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _trials(each: int) -> None:
    """So many answered trials of each worker, with a vote."""
    study = ready_study(prompts=0)
    condition, criterion = study.conditions.first(), study.criteria.get(name="quality")
    comparison = Comparison.objects.create(study=study, prompt=PromptFactory.create(), seed=0, together="0,1")
    _multiply(comparison, each, {"seed": "n"})
    worker, now = WorkerFactory.create(), timezone.now()
    _multiply(worker, WORKERS, {"hashed_id": "'hash' || n", "pseudonym": "'worker' || n"})
    session = Session.objects.create(study=study, worker=worker, state="done", started_at=now, last_seen_at=now)
    _multiply(session, WORKERS, {"token": "'token' || n", "worker_id": f"n + {worker.pk}"})
    trial = Trial.objects.create(
        session=session, worker=worker, comparison=comparison, kind="gold", number=1, shown=[], state="done", answered_at=now
    )
    columns = {
        "token": "'token' || n",
        "session_id": f"n %% {WORKERS} + {session.pk}",
        "worker_id": f"n %% {WORKERS} + {worker.pk}",
        "comparison_id": f"n / {WORKERS} + {comparison.pk}",
        "number": f"n / {WORKERS} + 2",
        "answered_at": _moment(f"n * 60.0 / {A_MINUTE}"),
    }
    _multiply(trial, WORKERS * (each - 1), columns)
    vote = Vote.objects.create(trial=trial, criterion=criterion, condition=condition)
    _multiply(vote, WORKERS * (each - 1), {"trial_id": f"n + {trial.pk}"})


def _multiply(row: Model, times: int, changed: dict[str, str]) -> None:
    """So many rows like one that there is, but for these columns: SQL of n, which counts from 1."""
    names = [str(field.column) for field in row._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(map(connection.ops.quote_name, names))
    values = ", ".join(changed.get(name, connection.ops.quote_name(name)) for name in names)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %(times)s) "  # noqa: S608
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} CROSS JOIN numbers WHERE id = %(pk)s ORDER BY n",
            {"times": times, "pk": row.pk},
        )


def _moment(seconds_ago: str) -> str:
    if connection.vendor == "postgresql":
        return f"now() - ({seconds_ago}) * interval '1 second'"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || ({seconds_ago}) || ' seconds')"
