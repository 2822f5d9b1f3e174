"""Which broker carries messages to the workers, and which of their queues: by what a task needs, not by what it is for."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

GPU, CAPTION, METRICS, DEFAULT = "gpu", "caption", "metrics", "default"
# A worker without -Q takes from all of them.
QUEUES = [Queue(name, Exchange("evalsite"), routing_key=name) for name in (GPU, CAPTION, METRICS, DEFAULT)]
ROUTES = {
    "generation.tasks.make_batch": {"queue": GPU},  # of captions and texts in other queues, as their caller says
    "analysis.web.tasks.measure_images": {"queue": METRICS},
}
SCHEMES = ("redis", "rediss", "amqp", "amqps")
CONNECT_SECONDS = 5
REDELIVERY_SECONDS = 6 * 60 * 60  # after which Redis gives out again what no worker has finished, which does no harm


def server(variable: str, address: str) -> dict[str, Any]:
    """Celery's settings for the server at the address that the environment variable holds.

    Raises ImproperlyConfigured, which names the variable and never shows the address: it may hold a password.
    """
    try:
        parts = urlsplit(address)
        known = parts.scheme in SCHEMES and parts.hostname and (parts.port or True)
    except ValueError:
        known = False
    if not known:
        raise ImproperlyConfigured(
            f"{variable} must look like redis://:password@host:6379/0 or amqp://user:password@host:5672/vhost (rediss and "
            f"amqps for TLS)."
        )
    options: dict[str, Any] = {}
    if parts.scheme in ("redis", "rediss"):
        options = {
            "visibility_timeout": REDELIVERY_SECONDS,
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": 2 * CONNECT_SECONDS,
            "socket_keepalive": True,
            "health_check_interval": 30,
        }
    return {"url": address, "options": options}


def filesystem(folder: Path) -> dict[str, Any]:
    """Celery's settings for messages that are files below a folder, which is made."""
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    for path in options.values():
        Path(path).mkdir(parents=True, exist_ok=True)
    return {"url": "filesystem://", "options": options}
