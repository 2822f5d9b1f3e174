"""The Celery application; `celery -A evalsite worker` starts a worker."""

import os

from celery import Celery

from evalsite.logs import of_tasks  # noqa: F401  Celery's signals reach it from now on

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evalsite.settings")
app = Celery("evalsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
