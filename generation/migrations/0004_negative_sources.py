"""Negative sources: where a condition's negative comes from, captions and texts with what gave them, standard lists."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Short, so that a caption beside it is read, too: CLIP's text encoder takes 77 tokens.
STANDARD = (
    "deformed, disfigured, bad anatomy, extra limbs, extra fingers, poorly drawn hands, poorly drawn face, ugly, blurry, "
    "low quality, watermark"
)


def add_standard_list(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A list to begin with: the community's usual words, as everybody may edit them."""
    apps.get_model("generation", "StandardNegatives").objects.get_or_create(name="standard", defaults={"text": STANDARD})


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0003_checkpoints_on_disk"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandardNegatives",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "text",
                    models.TextField(
                        help_text="One negative prompt: words and phrases with commas between. “standard” comes along: what is "
                        "usually written against images of low quality, in our own wording. The very list that Desai & "
                        "Vasconcelos (2024) took from their reference [1] is not printed in their paper: paste it over this "
                        "one, or add it under another name."
                    ),
                ),
            ],
            options={
                "verbose_name": "standard negatives",
                "verbose_name_plural": "standard negatives",
            },
        ),
        migrations.AddField(
            model_name="condition",
            name="negative_sources",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Where the negative comes from, in the place of the setting “negative”: "
                'for instance [{"source": "standard"}, {"source": "auto_dnp"}].',
            ),
        ),
        migrations.AddField(
            model_name="prompt",
            name="negatives",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text='Negatives of its own by name: {"related": "flowers", "unrelated": "a car"}.',
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="negatives",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="What each negative source of its condition gave, once all have: texts and rows.",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits for its negative"),
                    ("queued", "Queued"),
                    ("done", "Done"),
                    ("flagged", "Flagged as NSFW"),
                    ("failed", "Failed"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Caption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "captioner",
                    models.CharField(help_text="Name and revision, or people: and the name of their study.", max_length=300),
                ),
                (
                    "source",
                    models.JSONField(blank=True, default=dict, help_text="The negative source that it was first asked for."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("done", "Done"),
                            ("indescribable", "Cannot be described"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=15,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True, help_text="Why it failed.")),
                ("provenance", models.JSONField(blank=True, default=dict)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="captions",
                        to="generation.batch",
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="captions", to="generation.image"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state"], name="generation__state_e9031a_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("image", "captioner"), name="one_caption_per_image_and_captioner")
                ],
            },
        ),
        migrations.CreateModel(
            name="NegativeText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "seed",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Empty where all seeds have the same text.", null=True
                    ),
                ),
                ("source", models.JSONField()),
                ("key", models.CharField(editable=False, help_text="Equal for equal sources.", max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("done", "Done"), ("failed", "Failed")], default="queued", max_length=10
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True, help_text="Why it failed.")),
                ("provenance", models.JSONField(blank=True, default=dict)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="negative_texts",
                        to="generation.batch",
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="negative_texts", to="generation.prompt"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state"], name="generation__state_0ab9f8_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seed", None)),
                        fields=("prompt", "key"),
                        name="one_negative_text_per_prompt_and_source",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("seed__isnull", False)),
                        fields=("prompt", "seed", "key"),
                        name="one_negative_text_per_prompt_seed_and_source",
                    ),
                ],
            },
        ),
        migrations.RunPython(add_standard_list, migrations.RunPython.noop),
    ]
