"""More schedulers to choose from, and the negative that `cfg` takes now: conditions made before had none."""

import hashlib
import json
from typing import Any

from django.db import migrations, models


def give_cfg_its_negative(apps: Any, _schema_editor: Any) -> None:
    """Complete the settings of old conditions, so that planning finds their images instead of making them again."""
    conditions = apps.get_model("generation", "Condition").objects.filter(method="cfg").select_related("checkpoint")
    for condition in conditions.iterator():
        condition.settings = {"negative": "", **condition.settings}
        identity = [condition.method, condition.settings, condition.scheduler, condition.evaluations, condition.size]
        identity += [condition.checkpoint.name, condition.checkpoint.revision]
        condition.fingerprint = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        condition.save(update_fields=["settings", "fingerprint"])


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="condition",
            name="scheduler",
            field=models.CharField(
                choices=[
                    ("ddim", "DDIM"),
                    ("pndm", "PNDM"),
                    ("ddpm", "DDPM"),
                    ("ddpm_large", "DDPM, noise of variance 1 − α"),
                    ("euler", "Euler"),
                    ("dpmpp", "DPM-Solver++"),
                ],
                default="ddim",
                max_length=10,
            ),
        ),
        migrations.RunPython(give_cfg_its_negative, migrations.RunPython.noop),
    ]
