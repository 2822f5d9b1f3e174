"""What tests and benchmarks do inside the site of a real server: commands on the site's own settings (tests/real_server.py).

python -m tests.real_study publish '{"prompts": 12, "size": 8}'   migrates, publishes a study, prints its link
python -m tests.real_study leave                                  does as if every open session was left a day ago
python -m tests.real_study facts                                  prints the study's places, trials and votes
"""

import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

import numpy as np
import PIL.Image
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from generation.storing import file_name
from studies.models import Place, Session, Trial, Vote
from studies.publishing import publish
from tests.factories_generation import ImageFactory, PromptFactory
from tests.factories_studies import StudyPromptSetFactory, ready_study

GRAIN = 3.0  # of 256 levels, as pictures have it; it is what makes their PNGs large


def publish_study(*, prompts: int, size: int, **fields: Any) -> str:
    """A migrated site with one published study, its images of that many pixels a side; the study's link without the host."""
    if not connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    study = ready_study(prompts=0, **fields)
    chosen = StudyPromptSetFactory.create(study=study)
    for prompt in PromptFactory.create_batch(prompts, prompt_set=chosen.prompt_set):
        for row in study.conditions.all():
            image = ImageFactory.create(prompt=prompt, seed=0, condition=row.condition)
            image.file.save(file_name(image), ContentFile(picture(size, image.pk)))
    publish(study, timezone.now())
    return study.link_path


def picture(size: int, seed: int) -> bytes:
    """A PNG of soft colours with grain, which is as large a file as one of a photograph."""
    draw = np.random.default_rng(seed)
    colors = PIL.Image.fromarray(draw.integers(0, 256, (12, 12, 3), dtype=np.uint8)).resize((size, size))
    grained = np.asarray(colors) + draw.normal(0, GRAIN, (size, size, 3))
    file = io.BytesIO()
    PIL.Image.fromarray(grained.clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def leave() -> int:
    """Do as if every open session was left a day ago; how many there are."""
    return Session.objects.open().update(last_seen_at=F("last_seen_at") - timedelta(days=1))


def facts() -> dict[str, Any]:
    """Every place and trial of the study, as lists of rows; a trial's `answers` are its votes as its form names them."""
    trials: dict[int, dict[str, Any]] = {
        row["pk"]: {**row, "answers": []}
        for row in Trial.objects.values("pk", "token", "state", "place", "comparison", "shown")
    }
    for pk, criterion, condition in Vote.objects.values_list("trial", "criterion__name", "condition"):
        position = trials[pk]["shown"].index(condition) + 1 if condition else 0
        trials[pk]["answers"].append([f"vote-{criterion}", str(position)])
    places = Place.objects.filter(rehearsal=False).values("pk", "free")
    return {"places": list(places), "trials": list(trials.values())}


def run(command: str, *arguments: str) -> Any:
    """What a command comes to."""
    commands: dict[str, Callable[..., Any]] = {
        "publish": lambda fields: publish_study(**json.loads(fields)),
        "leave": leave,
        "facts": facts,
    }
    return commands[command](*arguments)


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:])))
