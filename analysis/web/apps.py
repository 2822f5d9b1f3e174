"""The live page and the result page as a Django app."""

from django.apps import AppConfig


class LivePages(AppConfig):
    name = "analysis.web"
    label = "analysis_web"
    verbose_name = "Live pages"
