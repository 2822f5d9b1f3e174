from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProlificConfig(AppConfig):
    name = "studies.channels.prolific"
    label = "prolific"
    verbose_name = "Prolific"

    def ready(self) -> None:
        from studies.roles import keep_groups_in_line  # models are there only now

        post_migrate.connect(keep_groups_in_line, sender=self)
