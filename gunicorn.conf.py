"""How gunicorn serves the site unless its command line says otherwise; it reads this file where it is started.

Each thread is a visitor's until the whole request is in and the whole answer is out, so a few slow clients hold all of them:
where others reach the site, nginx stands before it, which takes and gives slowly in its own time (docs/deploy.md).
"""

import os
import shutil
from typing import Any

from django.urls import get_resolver

from evalsite.settings import DATA_DIR, LOGGING, LOGS

preload_app = True  # loaded once and then forked: a quicker start, and less memory
workers = os.cpu_count() or 1
threads = 4
control_socket_disable = True  # nobody uses it, and it would be a file in the home of whoever starts gunicorn
keepalive = 30  # seconds; a worker looks at a trial for about so long, and then needs no new connection
# Of an access log, if one is asked for: no referrers, and nothing behind a “?”, where Mechanical Turk's tokens and ids of
# participants stand. Personal links are paths: whoever reads such a log could follow them, so it is no file for everybody.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)s ms "%(a)s"'

if LOGS == "json":
    logconfig_dict = LOGGING

# Each process counts its answers in a file of its own, for /health/metrics to add up; counts of an earlier gunicorn are none of
# this one's. At a reload, which reads this file again, they go on.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    counts = DATA_DIR / "counts"
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts)


def when_ready(_server: Any) -> None:
    """Load all pages before processes are forked: no first visitor waits for that, and memory holds them once."""
    get_resolver().url_patterns  # noqa: B018 (reading it loads them)
