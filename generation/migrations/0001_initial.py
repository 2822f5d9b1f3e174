import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import generation.seeds


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(blank=True, max_length=100)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "claims",
                    models.PositiveSmallIntegerField(default=0, help_text="How often it was claimed and not given back."),
                ),
                ("called_at", models.DateTimeField(blank=True, help_text="When a message last named this batch.", null=True)),
            ],
            options={
                "verbose_name_plural": "batches",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PromptSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("source", models.TextField(blank=True, help_text="Where the prompts come from.")),
            ],
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="“bundled”, a folder in the diffusers format, or a name on the Hugging Face hub.",
                        max_length=200,
                    ),
                ),
                (
                    "revision",
                    models.CharField(
                        blank=True,
                        help_text="Of the hub: a commit, or a branch or tag to be resolved to one now. Empty for a folder.",
                        max_length=64,
                    ),
                ),
                (
                    "safety_checker",
                    models.CharField(
                        blank=True,
                        help_text="Folder or hub name of the safety checker; empty for the checkpoint's own.",
                        max_length=200,
                    ),
                ),
                (
                    "unscreened_because",
                    models.CharField(
                        blank=True,
                        help_text="Only to go without any screening: say why. Every table of the images repeats these words.",
                        max_length=300,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "revision"), name="one_checkpoint_per_name_and_revision")
                ],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.CharField(max_length=40)),
                (
                    "settings",
                    models.JSONField(
                        blank=True, default=dict, help_text='For instance {"scale": 7.5}; defaults fill the rest.'
                    ),
                ),
                (
                    "scheduler",
                    models.CharField(
                        choices=[("ddim", "DDIM"), ("pndm", "PNDM"), ("ddpm", "DDPM")], default="ddim", max_length=10
                    ),
                ),
                (
                    "evaluations",
                    models.PositiveSmallIntegerField(default=41, help_text="UNet evaluations of the main chain."),
                ),
                (
                    "size",
                    models.PositiveSmallIntegerField(
                        help_text="Width and height of the image, in pixels: 64 for the bundled model, "
                        "512 for Stable Diffusion 1.x, 768 for Stable Diffusion 2.x at 768.",
                        validators=[
                            django.core.validators.MinValueValidator(8),
                            django.core.validators.MaxValueValidator(2048),
                            django.core.validators.StepValueValidator(8),
                        ],
                    ),
                ),
                ("fingerprint", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "checkpoint",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty only for imported images.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="generation.checkpoint",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Prompt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=500)),
                ("subset", models.CharField(blank=True, help_text="For instance animal-object.", max_length=60)),
                ("entities", models.JSONField(blank=True, default=list, help_text="The phrases that must be seen, as a list.")),
                (
                    "prompt_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prompts", to="generation.promptset"
                    ),
                ),
            ],
            options={
                "ordering": ["prompt_set", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "seeds",
                    models.CharField(
                        default="0",
                        help_text="For instance 0-3, 17.",
                        max_length=500,
                        validators=[generation.seeds.validate_seeds],
                    ),
                ),
                (
                    "batch_size",
                    models.PositiveSmallIntegerField(
                        default=16,
                        help_text="Images per Celery task.",
                        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(256)],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("conditions", models.ManyToManyField(related_name="runs", to="generation.condition")),
                ("prompt_sets", models.ManyToManyField(related_name="runs", to="generation.promptset")),
            ],
        ),
        migrations.CreateModel(
            name="Image",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seed", models.PositiveBigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("done", "Done"), ("flagged", "Flagged as NSFW"), ("failed", "Failed")],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why it failed.")),
                ("file", models.FileField(blank=True, upload_to="")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "screened_by",
                    models.CharField(blank=True, help_text="The safety checker that saw this image.", max_length=200),
                ),
                ("unscreened_because", models.CharField(blank=True, max_length=300)),
                ("provenance", models.JSONField(blank=True, default=dict)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="images",
                        to="generation.batch",
                    ),
                ),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="images", to="generation.condition"
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="images", to="generation.prompt"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="images",
                        to="generation.run",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="batch",
            name="run",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="generation.run"),
        ),
        migrations.AddConstraint(
            model_name="prompt",
            constraint=models.UniqueConstraint(fields=("prompt_set", "text"), name="one_prompt_per_text_and_set"),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(fields=["state"], name="generation__state_484e06_idx"),
        ),
        migrations.AddConstraint(
            model_name="image",
            constraint=models.UniqueConstraint(
                fields=("prompt", "seed", "condition"), name="one_image_per_prompt_seed_and_condition"
            ),
        ),
    ]
