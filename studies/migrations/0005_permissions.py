"""Who may see results, run a study and decide on exclusions (studies/roles.py)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("studies", "0004_protocol_constraints")]

    operations = [
        migrations.AlterModelOptions(
            name="study",
            options={
                "permissions": [
                    ("see_results", "Can see votes and shares"),
                    ("run_study", "Can publish, pause, resume and close a study, and invite to it"),
                    ("decide_exclusions", "Can exclude workers, and lift it again"),
                ],
                "verbose_name_plural": "studies",
            },
        ),
    ]
