"""The live page and the tables as a Django app, for its templates and static files."""

from django.apps import AppConfig


class LivePages(AppConfig):
    name = "analysis.web"
    label = "analysis_web"
    verbose_name = "Live pages"
