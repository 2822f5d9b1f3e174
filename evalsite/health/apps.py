from django.apps import AppConfig


class Health(AppConfig):
    name = "evalsite.health"

    def ready(self) -> None:
        from evalsite.health import marking  # noqa: F401  Celery's signals reach it from now on
