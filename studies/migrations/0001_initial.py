import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import generation.seeds
import studies.models.study
import studies.models.worker
import studies.pairs


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("generation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Study",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, validators=[studies.models.study.validate_one_line])),
                ("instructions", models.TextField(help_text="Markdown, shown before the first trial.")),
                ("consent", models.TextField(help_text="Markdown, agreed to before anything else.")),
                (
                    "votes_wanted",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="By different workers.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="votes per comparison",
                    ),
                ),
                (
                    "trials_per_session",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)],
                    ),
                ),
                (
                    "session_minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="A session untouched for so long is abandoned; its unanswered trials go to other workers.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("seed", models.PositiveIntegerField(default=0, help_text="Draws the prompt–seed pairs and the shown orders.")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("closed", "Closed")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("token", models.CharField(default=studies.models.study.new_token, editable=False, max_length=40, unique=True)),
                (
                    "rehearsal_token",
                    models.CharField(default=studies.models.study.new_token, editable=False, max_length=40, unique=True),
                ),
            ],
            options={
                "verbose_name_plural": "studies",
            },
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seed", models.PositiveBigIntegerField()),
                (
                    "prompt",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="generation.prompt"),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comparisons", to="studies.study"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rehearsal", models.BooleanField(default=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("shown", models.JSONField(help_text="Primary keys of the study's conditions, Image 1 first.")),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="places", to="studies.comparison"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rehearsal", models.BooleanField(default=False)),
                ("token", models.CharField(default=studies.models.study.new_token, max_length=40, unique=True)),
                (
                    "code",
                    models.CharField(default=studies.models.study.new_token, help_text="Shown at the end.", max_length=40),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("abandoned", "Abandoned")], default="open", max_length=10
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "study",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="studies.study"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(help_text="As in the table: correctness.", max_length=40)),
                ("question", models.CharField(max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "study",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="criteria", to="studies.study"),
                ),
            ],
            options={
                "verbose_name_plural": "criteria",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StudyCondition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "printed_name",
                    models.CharField(
                        help_text="As in the table: SD+auto-DNP.",
                        max_length=60,
                        validators=[studies.models.study.validate_printed_name],
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, help_text="Row of the table, from 0.")),
                (
                    "condition",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="generation.condition"),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="conditions", to="studies.study"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Drop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seed", models.PositiveBigIntegerField()),
                (
                    "prompt",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="generation.prompt"),
                ),
                (
                    "study",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="drops", to="studies.study"),
                ),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drops", to="studies.studycondition"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ComparisonImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to="")),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="images", to="studies.comparison"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="generation.image"),
                ),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="studies.studycondition"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StudyPromptSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "selection",
                    models.CharField(
                        choices=[("all", "all pairs"), ("drawn", "a number of pairs, drawn"), ("listed", "the listed pairs")],
                        default="all",
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveIntegerField(blank=True, help_text="How many pairs to draw.", null=True)),
                (
                    "pairs",
                    models.TextField(
                        blank=True,
                        help_text="One a line: the seed, a blank, the prompt.",
                        validators=[studies.pairs.validate_pairs],
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="Markdown, shown with every trial of this prompt set.")),
                (
                    "prompt_set",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="generation.promptset"),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prompt_sets", to="studies.study"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(help_text="Place in the session, from 1.")),
                ("token", models.CharField(default=studies.models.study.new_token, max_length=40, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("given back", "Given Back")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("shown_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trials", to="studies.comparison"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="trials", to="studies.place"),
                ),
                (
                    "session",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="trials", to="studies.session"),
                ),
            ],
            options={
                "ordering": ["session", "number"],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("no_clear_winner", models.BooleanField(default=False)),
                (
                    "condition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="studies.studycondition",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="studies.criterion"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="studies.trial"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=20)),
                ("channel_id", models.CharField(max_length=100)),
                (
                    "pseudonym",
                    models.CharField(
                        default=studies.models.worker.new_pseudonym,
                        help_text="What exports call this worker.",
                        max_length=20,
                        unique=True,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("channel", "channel_id"), name="one_worker_per_channel_id")],
            },
        ),
        migrations.AddField(
            model_name="trial",
            name="worker",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="trials", to="studies.worker"),
        ),
        migrations.AddField(
            model_name="session",
            name="worker",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="studies.worker"),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(fields=("comparison", "rehearsal", "number"), name="one_place_per_number"),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(fields=("study", "name"), name="one_criterion_per_name"),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.UniqueConstraint(fields=("study", "prompt", "seed"), name="one_comparison_per_prompt_and_seed"),
        ),
        migrations.AddConstraint(
            model_name="studycondition",
            constraint=models.UniqueConstraint(fields=("study", "printed_name"), name="one_condition_per_printed_name"),
        ),
        migrations.AddConstraint(
            model_name="studycondition",
            constraint=models.UniqueConstraint(fields=("study", "condition"), name="each_condition_once_in_a_study"),
        ),
        migrations.AddConstraint(
            model_name="drop",
            constraint=models.UniqueConstraint(
                fields=("study", "prompt", "seed", "condition"), name="one_drop_per_flagged_image"
            ),
        ),
        migrations.AddConstraint(
            model_name="comparisonimage",
            constraint=models.UniqueConstraint(
                fields=("comparison", "condition"), name="one_image_per_comparison_and_condition"
            ),
        ),
        migrations.AddConstraint(
            model_name="studypromptset",
            constraint=models.UniqueConstraint(fields=("study", "prompt_set"), name="each_prompt_set_once_in_a_study"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(fields=("trial", "criterion"), name="one_vote_per_trial_and_criterion"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("condition", None), ("no_clear_winner", True)),
                    models.Q(("condition__isnull", False), ("no_clear_winner", False)),
                    _connector="OR",
                ),
                name="a_condition_or_no_clear_winner",
            ),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "given back"), _negated=True),
                fields=("place",),
                name="one_open_or_done_trial_per_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "given back"), _negated=True),
                fields=("worker", "comparison"),
                name="one_trial_per_worker_and_comparison",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("study", "worker", "rehearsal"),
                name="one_open_session_per_worker",
            ),
        ),
    ]
