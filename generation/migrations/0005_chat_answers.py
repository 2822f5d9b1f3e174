"""Questions to a chat endpoint with their answers and costs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0004_negative_sources"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChatAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_sha256", models.CharField(max_length=64, unique=True)),
                ("url", models.CharField(max_length=500)),
                ("model", models.CharField(max_length=200)),
                ("request", models.JSONField(help_text="As it was sent, but for images: of these, the SHA-256.")),
                ("text", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True, help_text="Why there is no text, or not all of it.")),
                ("prompt_tokens", models.PositiveIntegerField(blank=True, null=True)),
                ("completion_tokens", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        help_text="In the currency of EVALSITE_CHAT_PRICES.",
                        max_digits=14,
                        null=True,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField(blank=True, db_index=True, help_text="The last attempt.", null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("holder", models.CharField(blank=True, editable=False, max_length=100)),
                ("lease_until", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
