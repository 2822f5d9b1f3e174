"""Captioning studies: images shown alone, what workers say of them, and what is decided of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0006_study_language"),
    ]

    operations = [
        migrations.AlterField(
            model_name="study",
            name="design",
            field=models.CharField(
                choices=[
                    ("together", "all conditions together"),
                    ("pairs", "every pair of conditions"),
                    ("baseline", "each condition against the baseline"),
                    ("alone", "each image alone, to be described"),
                ],
                default="together",
                help_text="Which images are shown together.",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="WorkerCaption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(blank=True, max_length=300)),
                ("indescribable", models.BooleanField(default=False, verbose_name="cannot be described")),
                (
                    "decision",
                    models.CharField(
                        choices=[("pending", "Pending"), ("accepted", "Accepted"), ("rejected", "Rejected")],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "trial",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="caption", to="studies.trial"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("indescribable", True), ("text", "")),
                            models.Q(("indescribable", False), models.Q(("text", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_text_or_cannot_be_described",
                    )
                ],
            },
        ),
    ]
