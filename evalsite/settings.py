"""All configuration, read once from the environment; the table of variables is in docs/operator.md.

Without any variable the site runs on this machine alone: SQLite, files under data/, and Celery on its filesystem broker.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from evalsite import broker, channels, chat, logs, storage
from evalsite.database import postgresql, sqlite
from evalsite.schedule import SCHEDULE
from evalsite.variables import choice, device, flag, whole
from generation.placement import ATTENTIONS, DTYPES, Placement

BASE_DIR = Path(__file__).resolve().parent.parent

# transformers tells at every start that it prepares images without torchvision, as it is meant to here.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


def _site_url() -> str:
    value = os.environ.get("EVALSITE_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise ImproperlyConfigured(f"EVALSITE_URL must look like https://votes.example.org, not {value!r}.")
    return value


def _database(folder: Path) -> dict[str, Any]:
    if address := os.environ.get("EVALSITE_DATABASE"):
        return postgresql("EVALSITE_DATABASE", address)
    return sqlite(folder / "evalsite.sqlite3")


def _storage() -> dict[str, Any]:
    if address := os.environ.get("EVALSITE_STORAGE"):
        return storage.bucket("EVALSITE_STORAGE", address, S3_ENDPOINT_URL)
    return storage.FOLDER


def _broker(folder: Path) -> dict[str, Any]:
    if address := os.environ.get("EVALSITE_BROKER"):
        return broker.server("EVALSITE_BROKER", address)
    return broker.filesystem(folder / "broker")


def _secret_key(folder: Path) -> str:
    """The key of the environment, else one drawn at the first start and kept in the data folder."""
    if key := os.environ.get("EVALSITE_SECRET_KEY"):
        return key
    path = folder / "secret_key"
    if not path.exists():
        _draw_secret_key(path)
    return path.read_text()


def _draw_secret_key(path: Path) -> None:
    """Processes that start together for the first time must agree on one key: the first to link its own wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_suffix(f".{os.getpid()}")
    own.touch(mode=0o600)
    own.write_text(secrets.token_urlsafe(50))
    with suppress(FileExistsError):
        path.hardlink_to(own)
    own.unlink()


DATA_DIR = Path(os.environ.get("EVALSITE_DATA", BASE_DIR / "data")).resolve()
SITE_URL = _site_url()
SECRET_KEY = _secret_key(DATA_DIR)
DEBUG = flag("EVALSITE_DEBUG", default=False)
ALLOWED_HOSTS = [str(urlsplit(SITE_URL).hostname), "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "evalsite",
    "evalsite.health",
    "generation",
    "studies",
    "studies.channels.mturk",
    "studies.channels.panel",
    "studies.channels.prolific",
    "analysis.web",
]
MIDDLEWARE = [
    "evalsite.request_ids.request_ids",  # these three see what all others answer
    "evalsite.logs.access.AccessLog",
    "evalsite.health.counts.count_answers",
    "csp.middleware.CSPMiddleware",  # around all others, so that what they answer themselves carries the policy too
    "django.middleware.security.SecurityMiddleware",
    "evalsite.health.pages.probes",  # before any other looks at the host or opens a session
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "evalsite.urls"
WSGI_APPLICATION = "evalsite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": _database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]  # that a study's pages can speak
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

LOGS = choice("EVALSITE_LOGS", logs.FORMS)
LOGGING = logs.configuration(LOGS)
METRICS_TOKEN = channels.token("EVALSITE_METRICS_TOKEN", os.environ.get("EVALSITE_METRICS_TOKEN", ""))

STATIC_URL = "static/"
S3_ENDPOINT_URL = channels.endpoint("AWS_ENDPOINT_URL_S3", os.environ.get("AWS_ENDPOINT_URL_S3", ""))
STORAGES = {
    "default": _storage(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "images"  # never served by address: views decide who sees an image
RESULTS_ROOT = DATA_DIR / "results"  # neither are the reports on votes: they are for whoever may see results
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {  # of every answer, the admin's too: no third party, no inline script or style, no eval
    "DIRECTIVES": {
        "default-src": [NONE],
        "img-src": [SELF],
        "style-src": [SELF],
        "script-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SITE_URL.startswith("https://")
if SECURE_SSL_REDIRECT:
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]  # load balancers ask over plain http, and take a redirect for a fault
    # Browsers' preload lists bind a whole domain for years: its owner alone should ask for that.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]

# How many proxies of our own a request passes; with none, nobody is believed who says where a request comes from.
TRUSTED_PROXIES = whole("EVALSITE_TRUSTED_PROXIES", 0, least=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGINS_PER_HOUR = whole("EVALSITE_LOGINS_PER_HOUR", 20)  # that fail, from one address
SESSIONS_PER_HOUR = whole("EVALSITE_SESSIONS_PER_HOUR", 300)  # from one address: a lab shares one

_BROKER = _broker(DATA_DIR)
CELERY_BROKER_URL = _BROKER["url"]
CELERY_BROKER_TRANSPORT_OPTIONS = _BROKER["options"]
CELERY_BROKER_CONNECTION_TIMEOUT = broker.CONNECT_SECONDS
CELERY_TASK_QUEUES = broker.QUEUES
CELERY_TASK_DEFAULT_QUEUE = broker.DEFAULT
CELERY_TASK_ROUTES = broker.ROUTES
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 1  # every process of a worker holds its own copy of a checkpoint
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: a file that a killed beat left half written would stop the next
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_IMPORTS = ["evalsite.doctor.remote"]  # of workers alone: what they tell the doctor

BATCH_LEASE_SECONDS = whole("EVALSITE_BATCH_LEASE_SECONDS", 600)
FORGET_DAYS = whole("EVALSITE_FORGET_DAYS", 0, least=0)  # after a study's closing; 0: what leads to people stays

PLACEMENT = Placement(  # how a worker computes
    device=device("EVALSITE_DEVICE"),
    dtype=choice("EVALSITE_DTYPE", DTYPES),
    attention=choice("EVALSITE_ATTENTION", ATTENTIONS),
    compiled=flag("EVALSITE_COMPILE", default=False),
    vae_slicing=flag("EVALSITE_VAE_SLICING", default=True),
)

# What measures images that the bundled model did not draw; docs/metrics.md says what each is for.
CLIP = os.environ.get("EVALSITE_CLIP", "openai/clip-vit-base-patch16")
CLASSIFIER = os.environ.get("EVALSITE_CLASSIFIER", "")
FID_REFERENCE = os.environ.get("EVALSITE_FID_REFERENCE", "")

# Where workers come from, beside a study's own links; AWS keys are found as boto3 finds them, never here.
MTURK_ENDPOINT_URL = channels.endpoint("MTURK_ENDPOINT_URL", os.environ.get("MTURK_ENDPOINT_URL", ""))
PROLIFIC_URL = channels.endpoint("EVALSITE_PROLIFIC_URL", os.environ.get("EVALSITE_PROLIFIC_URL", channels.PROLIFIC_URL))
PROLIFIC_WEBHOOK_SECRET = channels.token(
    "EVALSITE_PROLIFIC_WEBHOOK_SECRET", os.environ.get("EVALSITE_PROLIFIC_WEBHOOK_SECRET", "")
)
PROLIFIC_TOKEN = channels.token("EVALSITE_PROLIFIC_TOKEN", os.environ.get("EVALSITE_PROLIFIC_TOKEN", ""))

# Who is asked for negatives and captions: any endpoint that speaks OpenAI's chat completions.
CHAT_URL = chat.address("EVALSITE_CHAT_URL", os.environ.get("EVALSITE_CHAT_URL", ""))
CHAT_KEY = chat.key("EVALSITE_CHAT_KEY", os.environ.get("EVALSITE_CHAT_KEY", ""))
CHAT_MODEL = os.environ.get("EVALSITE_CHAT_MODEL", "")
CHAT_PRICES = chat.prices("EVALSITE_CHAT_PRICES", os.environ.get("EVALSITE_CHAT_PRICES", ""))
CHAT_BUDGET = chat.budget("EVALSITE_CHAT_BUDGET", os.environ.get("EVALSITE_CHAT_BUDGET", ""))
CHAT_PER_MINUTE = whole("EVALSITE_CHAT_PER_MINUTE", 60)
CHAT_MAX_TOKENS = whole("EVALSITE_CHAT_MAX_TOKENS", 300, least=0)
CHAT_TIMEOUT_SECONDS = whole("EVALSITE_CHAT_TIMEOUT_SECONDS", 120)
