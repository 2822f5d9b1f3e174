"""Lets workers write the same lines, and a task's lines carry the id of the request that called it."""

from contextlib import AbstractContextManager
from logging.config import dictConfig
from typing import Any

from celery import Task, current_app
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.conf import settings

from evalsite.logs.configuration import configuration
from generation import log_ids

REQUEST = "evalsite_request"  # the header of a message
_begun: dict[str, AbstractContextManager[None]] = {}  # by the ids of the tasks that this process is at


@setup_logging.connect
def configure(loglevel: int, logfile: str | None, **_: Any) -> None:
    """In place of Celery's own configuration; what libraries print becomes lines, as with that."""
    dictConfig(configuration(settings.LOGS, level=loglevel, file=logfile))
    current_app.log.redirect_stdouts(current_app.conf.worker_redirect_stdouts_level)


@before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_: Any) -> None:
    if request := log_ids.current().get("request"):
        headers[REQUEST] = request


@task_prerun.connect
def begin(task_id: str, task: "Task[..., Any]", **_: Any) -> None:
    request = task.request.get(REQUEST)
    _begun[task_id] = log_ids.about(task=task_id, **({"request": request} if request else {}))
    _begun[task_id].__enter__()


@task_postrun.connect
def end(task_id: str, **_: Any) -> None:
    _begun.pop(task_id).__exit__(None, None, None)
