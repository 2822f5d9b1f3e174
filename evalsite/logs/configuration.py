"""The configuration of logging, one for web processes, workers and commands alike: all write to standard error."""

from typing import Any

TEXT, JSON = "text", "json"
FORMS = (TEXT, JSON)

# What they say at level INFO names every address that they ask, with the ids of participants in it.
TALKATIVE = ("httpx", "httpcore", "boto3", "botocore", "s3transfer", "urllib3", "amqp")


def configuration(form: str, *, level: str | int = "INFO", file: str | None = None) -> dict[str, Any]:
    """For `logging.config.dictConfig`. form: one of FORMS. file: where lines go instead of standard error."""
    where = {"class": "logging.FileHandler", "filename": file} if file else {"class": "logging.StreamHandler"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {TEXT: {"()": "evalsite.logs.lines.Text"}, JSON: {"()": "evalsite.logs.lines.Json"}},
        "filters": {"ids": {"()": "evalsite.logs.lines.Ids"}, "addresses": {"()": "evalsite.logs.lines.Addresses"}},
        "handlers": {"lines": {**where, "formatter": form, "filters": ["ids", "addresses"]}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},  # which would mail errors to administrators, and knows none
            "django.request": {"level": "ERROR"},  # visitors' own mistakes are no news
            "fontTools": {"level": "WARNING"},  # which has a hundred lines to say of each figure
            "kombu.connection": {"level": "ERROR"},  # its warning is that files have no host
            **{name: {"level": "WARNING"} for name in TALKATIVE},
            **(_for_machines() if form == JSON else _for_people()),
        },
    }


def _for_machines() -> dict[str, Any]:
    """Every request is a line, and what gunicorn says of itself is in the same form; its own access log would tell paths."""
    gunicorn = {"handlers": [], "propagate": True}
    return {
        "evalsite.access": {"level": "INFO"},
        "gunicorn.error": gunicorn,
        "gunicorn.access": {**gunicorn, "level": "WARNING"},
    }


def _for_people() -> dict[str, Any]:
    """Who runs a site by hand has enough to read without every request; gunicorn speaks for itself."""
    return {"evalsite.access": {"level": "WARNING"}}
