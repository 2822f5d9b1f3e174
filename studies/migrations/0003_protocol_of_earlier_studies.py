"""Places, trials and workers of studies published earlier, as if they had been published with the protocol's columns."""

from collections import Counter
from typing import Any

from django.db import migrations
from django.utils.crypto import salted_hmac


def complete_places(apps: Any, _schema_editor: Any) -> None:
    """Every earlier comparison shows all conditions together; its places are ranked by their numbers."""
    places, trials = apps.get_model("studies", "Place").objects, apps.get_model("studies", "Trial").objects
    taken = set(trials.exclude(state="given back").values_list("place", flat=True))
    for study in apps.get_model("studies", "Study").objects.exclude(state="draft"):
        study.comparisons.update(together=",".join(map(str, range(study.conditions.count()))))
        ranks: Counter[bool] = Counter()
        rows = list(places.filter(comparison__study=study).order_by("number", "comparison", "pk"))
        for place in rows:
            place.study, place.free, place.rank = study, place.pk not in taken, ranks[place.rehearsal]
            ranks[place.rehearsal] += 1
        places.bulk_update(rows, ["study", "free", "rank"], batch_size=500)


def complete_trials(apps: Any, _schema_editor: Any) -> None:
    """They showed the order of their place, and nobody counted what browsers fetched: an answer says it was seen."""
    trials = apps.get_model("studies", "Trial").objects
    rows = list(trials.select_related("place"))
    for trial in rows:
        trial.shown = trial.place.shown
        trial.fetched = 2 ** len(trial.shown) - 1 if trial.state == "done" else 0
    trials.bulk_update(rows, ["shown", "fetched"], batch_size=500)


def hash_workers(apps: Any, _schema_editor: Any) -> None:
    """The column still holds the channel's own id."""
    workers = apps.get_model("studies", "Worker").objects
    rows = list(workers.all())
    for worker in rows:
        plain = f"{worker.channel}/{worker.hashed_id}"
        worker.hashed_id = salted_hmac("studies.worker", plain, algorithm="sha256").hexdigest()
    workers.bulk_update(rows, ["hashed_id"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("studies", "0002_protocol")]
    operations = [
        migrations.RunPython(complete_places, migrations.RunPython.noop),
        migrations.RunPython(complete_trials, migrations.RunPython.noop),
        migrations.RunPython(hash_workers),
    ]
