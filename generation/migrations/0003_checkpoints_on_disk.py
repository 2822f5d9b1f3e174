"""What names and revisions of checkpoints may be, and the size of SDXL, in the words of the admin."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0002_schedulers_and_negatives"),
    ]

    operations = [
        migrations.AlterField(
            model_name="checkpoint",
            name="name",
            field=models.CharField(
                help_text="“bundled”, a folder in the diffusers format, a .safetensors file, "
                "or a name on the Hugging Face hub.",
                max_length=200,
            ),
        ),
        migrations.AlterField(
            model_name="checkpoint",
            name="revision",
            field=models.CharField(
                blank=True,
                help_text="Of the hub: a commit, or a branch or tag to be resolved to one now. "
                "Leave it empty for what is on disk: its content is the revision.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="condition",
            name="size",
            field=models.PositiveSmallIntegerField(
                help_text="Width and height of the image, in pixels: "
                "64 for the bundled model, 512 for Stable Diffusion 1.x, 768 for Stable Diffusion 2.x at 768, 1024 for SDXL.",
                validators=[
                    django.core.validators.MinValueValidator(8),
                    django.core.validators.MaxValueValidator(2048),
                    django.core.validators.StepValueValidator(8),
                ],
            ),
        ),
    ]
