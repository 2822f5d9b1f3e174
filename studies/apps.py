from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StudiesConfig(AppConfig):
    name = "studies"

    def ready(self) -> None:
        """Groups follow the table of roles, as Django's own permissions follow the models."""
        from studies.roles import keep_groups_in_line  # models are there only now

        post_migrate.connect(keep_groups_in_line, sender=self)
