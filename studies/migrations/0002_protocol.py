import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import studies.models.study


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=20)),
                ("who", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Example",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to="examples")),
                ("caption", models.CharField(help_text="What it shows, and why it is right or wrong.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("token", models.CharField(default=studies.models.study.new_token, editable=False, max_length=40, unique=True)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("lifted_by", models.CharField(blank=True, max_length=150)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=40)),
                ("value", models.FloatField()),
                ("threshold", models.FloatField()),
                ("raised_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LogLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("who", models.CharField(help_text="A user's name, or “command line”.", max_length=150)),
                ("action", models.CharField(max_length=40)),
                ("detail", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PersonalLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rehearsal", models.BooleanField(default=False)),
                ("token", models.CharField(default=studies.models.study.new_token, max_length=40, unique=True)),
                (
                    "channel_id",
                    models.CharField(help_text="What the worker's browser is given: an id made for this link.", max_length=100),
                ),
                ("name", models.CharField(blank=True, help_text="As the list of people to invite says.", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="QualityPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "gold_share",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Of a session's trials, added to them.",
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="gold trials (%)",
                    ),
                ),
                (
                    "repeat_share",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Of a session's trials, added to them.",
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="repeats (%)",
                    ),
                ),
                (
                    "attention_share",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Of a session's trials, added to them.",
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="attention checks (%)",
                    ),
                ),
                (
                    "gold_accuracy",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: no such rule.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="flag below this gold accuracy (%)",
                    ),
                ),
                (
                    "attention_accuracy",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: no such rule.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="flag below this share of attention checks passed (%)",
                    ),
                ),
                (
                    "repeat_consistency",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: no such rule.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="flag below this repeat consistency (%)",
                    ),
                ),
                (
                    "fastest_seconds",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: no such rule.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="flag below this median time of a trial (s)",
                    ),
                ),
                (
                    "same_position",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: no such rule.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="flag above this share of one position (%)",
                    ),
                ),
                (
                    "ties",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: no such rule.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="flag above this share of no clear winner (%)",
                    ),
                ),
                (
                    "fewest_trials",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Nobody is flagged on fewer.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="trials to judge on",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="QuizQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=300)),
                ("choices", models.TextField(help_text="One a line.")),
                ("answer", models.PositiveSmallIntegerField(default=1, help_text="The line of the right choice, from 1.")),
                ("explanation", models.CharField(blank=True, help_text="Shown after a wrong choice.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="comparison",
            name="one_comparison_per_prompt_and_seed",
        ),
        migrations.RemoveConstraint(
            model_name="trial",
            name="one_open_or_done_trial_per_place",
        ),
        migrations.RemoveConstraint(
            model_name="trial",
            name="one_trial_per_worker_and_comparison",
        ),
        migrations.RemoveConstraint(
            model_name="worker",
            name="one_worker_per_channel_id",
        ),
        migrations.RenameField(model_name="worker", old_name="channel_id", new_name="hashed_id"),
        migrations.AddField(
            model_name="comparison",
            name="gold_answer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="studies.studycondition",
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="kind",
            field=models.CharField(choices=[("vote", "Vote"), ("gold", "Gold")], default="vote", max_length=10),
        ),
        migrations.AddField(
            model_name="comparison",
            name="together",
            field=models.CharField(default="", help_text="Rows of the table that are shown together: 0,1.", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="criterion",
            name="has_gold_answer",
            field=models.BooleanField(
                default=False,
                help_text="Whether an image of another prompt is a wrong answer to it.",
                verbose_name="judged by gold trials",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="free",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="place",
            name="rank",
            field=models.PositiveIntegerField(
                default=0, help_text="Order of allocation: fewest votes first, prompt sets interleaved."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="place",
            name="study",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="places", to="studies.study"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="comment",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="session",
            name="demographics",
            field=models.JSONField(blank=True, default=dict, help_text="What the worker chose to tell."),
        ),
        migrations.AddField(
            model_name="session",
            name="quiz_attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="session",
            name="quiz_passed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="study",
            name="adult_content",
            field=models.BooleanField(default=False, help_text="Warn workers that images may show adult content."),
        ),
        migrations.AddField(
            model_name="study",
            name="asks_demographics",
            field=models.BooleanField(default=False, help_text="Age, gender, language: asked, never required."),
        ),
        migrations.AddField(
            model_name="study",
            name="design",
            field=models.CharField(
                choices=[
                    ("together", "all conditions together"),
                    ("pairs", "every pair of conditions"),
                    ("baseline", "each condition against the baseline"),
                ],
                default="together",
                help_text="Which images are shown together.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="study",
            name="earlier_studies",
            field=models.ManyToManyField(
                blank=True, help_text="Whoever took part in one of these, a pilot say, may not take part.", to="studies.study"
            ),
        ),
        migrations.AddField(
            model_name="study",
            name="excluded_ids",
            field=models.TextField(blank=True, help_text="Hashed ids of workers who may not take part, one a line."),
        ),
        migrations.AddField(
            model_name="study",
            name="expected_seconds",
            field=models.PositiveSmallIntegerField(
                default=20,
                help_text="As workers are told.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="seconds for a trial",
            ),
        ),
        migrations.AddField(
            model_name="study",
            name="invited_only",
            field=models.BooleanField(default=False, help_text="Only people with a personal link may take part."),
        ),
        migrations.AddField(
            model_name="study",
            name="minimum_age",
            field=models.PositiveSmallIntegerField(default=18, help_text="Workers confirm it; 0 if any age may take part."),
        ),
        migrations.AddField(
            model_name="study",
            name="practice_trials",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Before the first trial, never counted.",
                validators=[django.core.validators.MaxValueValidator(5)],
            ),
        ),
        migrations.AddField(
            model_name="study",
            name="shows_results_while_open",
            field=models.BooleanField(
                default=False, help_text="Show shares before the study is closed. Looking early tempts to stop early."
            ),
        ),
        migrations.AddField(
            model_name="study",
            name="withdrawal",
            field=models.CharField(
                choices=[("delete", "delete the worker's votes"), ("keep", "keep the votes given so far")],
                default="delete",
                help_text="As the consent says.",
                max_length=10,
                verbose_name="when a worker withdraws",
            ),
        ),
        migrations.AddField(
            model_name="studycondition",
            name="is_baseline",
            field=models.BooleanField(default=False, help_text="What the others are compared with.", verbose_name="baseline"),
        ),
        migrations.AddField(
            model_name="trial",
            name="expected",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="The right position, where one is known; 0 for no clear winner.", null=True
            ),
        ),
        migrations.AddField(
            model_name="trial",
            name="fetched",
            field=models.PositiveSmallIntegerField(default=0, help_text="Bit 0 set: Image 1 was fetched, and so on."),
        ),
        migrations.AddField(
            model_name="trial",
            name="kind",
            field=models.CharField(
                choices=[
                    ("vote", "Vote"),
                    ("gold", "Gold"),
                    ("repeat", "Repeat"),
                    ("attention", "Attention"),
                    ("practice", "Practice"),
                ],
                default="vote",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="trial",
            name="repeats",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="repetitions",
                to="studies.trial",
            ),
        ),
        migrations.AddField(
            model_name="trial",
            name="shown",
            field=models.JSONField(default=list, help_text="Primary keys of the study's conditions, Image 1 first."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="trial",
            name="undone",
            field=models.PositiveSmallIntegerField(default=0, help_text="How often the worker took the answer back."),
        ),
        migrations.AddField(
            model_name="trial",
            name="visible_seconds",
            field=models.FloatField(blank=True, help_text="While the page could be seen, as the browser says.", null=True),
        ),
        migrations.AddField(
            model_name="worker",
            name="plain_id",
            field=models.CharField(blank=True, help_text="Only where the channel must pay.", max_length=100),
        ),
        migrations.AlterField(
            model_name="session",
            name="state",
            field=models.CharField(
                choices=[("open", "Open"), ("done", "Done"), ("abandoned", "Abandoned"), ("withdrawn", "Withdrawn")],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="study",
            name="state",
            field=models.CharField(
                choices=[("draft", "Draft"), ("published", "Published"), ("paused", "Paused"), ("closed", "Closed")],
                default="draft",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="trial",
            name="place",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="trials", to="studies.place"
            ),
        ),
        migrations.AlterField(
            model_name="trial",
            name="state",
            field=models.CharField(
                choices=[("open", "Open"), ("done", "Done"), ("given back", "Given Back"), ("excluded", "Excluded")],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["study", "state", "last_seen_at"], name="sessions_by_last_seen"),
        ),
        migrations.AddConstraint(
            model_name="studycondition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_baseline", True)), fields=("study",), name="one_baseline_per_study"
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["what", "who", "at"], name="attempts_of_an_address"),
        ),
        migrations.AddField(
            model_name="example",
            name="study",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="examples", to="studies.study"),
        ),
        migrations.AddField(
            model_name="exclusion",
            name="study",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="exclusions", to="studies.study"),
        ),
        migrations.AddField(
            model_name="exclusion",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="exclusions", to="studies.worker"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="study",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="studies.study"),
        ),
        migrations.AddField(
            model_name="flag",
            name="worker",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="studies.worker"),
        ),
        migrations.AddField(
            model_name="logline",
            name="study",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="log", to="studies.study"),
        ),
        migrations.AddField(
            model_name="personallink",
            name="study",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="personal_links", to="studies.study"
            ),
        ),
        migrations.AddField(
            model_name="personallink",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="personal_links", to="studies.worker"
            ),
        ),
        migrations.AddField(
            model_name="qualityplan",
            name="study",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="quality_plan", to="studies.study"
            ),
        ),
        migrations.AddField(
            model_name="quizquestion",
            name="study",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="quiz_questions", to="studies.study"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="trial",
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="report", to="studies.trial"),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)), fields=("study", "worker"), name="one_exclusion_in_force_per_worker"
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(fields=("study", "worker", "rule"), name="one_flag_per_worker_and_rule"),
        ),
        migrations.AddConstraint(
            model_name="personallink",
            constraint=models.UniqueConstraint(fields=("study", "worker", "rehearsal"), name="one_personal_link_per_worker"),
        ),
    ]
