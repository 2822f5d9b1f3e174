from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0005_permissions"),
    ]

    operations = [
        migrations.AddField(
            model_name="study",
            name="language",
            field=models.CharField(
                choices=[("en-gb", "English"), ("de", "Deutsch")],
                default="en-gb",
                help_text="Of buttons and messages: that of your instructions.",
                max_length=10,
            ),
        ),
    ]
