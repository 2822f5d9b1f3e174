"""Batches know which queue they are for, what they need in memory, and whether they are finished.

Those that are unfinished keep their queue of images and need nothing that a worker would look for: any worker takes them.
"""

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def finish_what_is_made(apps: Any, _editor: object) -> None:
    batches = apps.get_model("generation", "Batch").objects.all()
    for rows in ("images", "captions", "negative_texts"):
        queued = batches.model._meta.get_field(rows).related_model.objects.filter(state="queued", batch__isnull=False)
        batches = batches.exclude(pk__in=queued.values("batch"))
    batches.update(finished_at=timezone.now())


def queue_what_needs_no_gpu(apps: Any, _editor: object) -> None:
    open_batches = apps.get_model("generation", "Batch").objects.filter(finished_at=None)
    open_batches.filter(captions__isnull=False).update(queue="caption")
    open_batches.filter(negative_texts__isnull=False).update(queue="default")


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0005_chat_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="finished_at",
            field=models.DateTimeField(blank=True, help_text="When nothing in it was queued any more.", null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="needs",
            field=models.CharField(
                blank=True, help_text="What it takes in memory: a checkpoint or a captioner.", max_length=400
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="queue",
            field=models.CharField(
                choices=[
                    ("gpu", "Images: a GPU"),
                    ("caption", "Captions: a captioner in memory"),
                    ("default", "Answers of a chat model: a network"),
                ],
                default="gpu",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="trouble",
            field=models.CharField(
                blank=True, help_text="What kept the last worker from saving it; it is tried again.", max_length=500
            ),
        ),
        migrations.RunPython(finish_what_is_made, migrations.RunPython.noop),
        migrations.RunPython(queue_what_needs_no_gpu, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("finished_at", None)), fields=["queue", "needs"], name="batch_unfinished_by_needs"
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("finished_at", None)), fields=["called_at"], name="batch_unfinished_by_call"
            ),
        ),
    ]
