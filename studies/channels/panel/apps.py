from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PanelConfig(AppConfig):
    name = "studies.channels.panel"
    label = "panel"
    verbose_name = "Panels"

    def ready(self) -> None:
        from studies.roles import keep_groups_in_line  # models are there only now

        post_migrate.connect(keep_groups_in_line, sender=self)
