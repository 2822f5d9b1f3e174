"""What the database guarantees of places, trials and workers, once every row says what it must."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0003_protocol_of_earlier_studies"),
    ]

    operations = [
        migrations.AlterField(
            model_name="place",
            name="study",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="places", to="studies.study"),
        ),
        migrations.AlterField(
            model_name="worker",
            name="hashed_id",
            field=models.CharField(max_length=64),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("free", True), ("rehearsal", False)), fields=["study", "rank"], name="free_places_by_rank"
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("free", True), ("rehearsal", True)),
                fields=["study", "rank"],
                name="free_rehearsals_by_rank",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("free", True)), fields=["comparison", "rank"], name="free_places_of_a_comparison"
            ),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.UniqueConstraint(
                fields=("study", "prompt", "seed", "kind", "together"), name="one_comparison_per_prompt_seed_and_conditions"
            ),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gold_answer__isnull", False), ("kind", "gold")),
                    models.Q(("gold_answer", None), ("kind", "vote")),
                    _connector="OR",
                ),
                name="gold_comparisons_alone_have_an_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.UniqueConstraint(fields=("session", "number"), name="one_trial_per_session_and_number"),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("open", "done"))), fields=("place",), name="one_open_or_done_trial_per_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["vote", "gold", "practice"]), ("state__in", ("open", "done"))),
                fields=("worker", "comparison"),
                name="one_trial_per_worker_and_comparison",
            ),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "vote"), ("place__isnull", False)),
                    models.Q(models.Q(("kind", "vote"), _negated=True), ("place", None)),
                    _connector="OR",
                ),
                name="real_trials_alone_fill_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "repeat"), ("repeats__isnull", False)),
                    models.Q(models.Q(("kind", "repeat"), _negated=True), ("repeats", None)),
                    _connector="OR",
                ),
                name="repeats_alone_repeat_a_trial",
            ),
        ),
        migrations.AddConstraint(
            model_name="worker",
            constraint=models.UniqueConstraint(fields=("channel", "hashed_id"), name="one_worker_per_channel_id"),
        ),
    ]
