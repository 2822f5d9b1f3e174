from django.apps import AppConfig


class ProlificConfig(AppConfig):
    name = "studies.channels.prolific"
    label = "prolific"
    verbose_name = "Prolific"
