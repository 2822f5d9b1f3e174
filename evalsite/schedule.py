"""What the beat calls for, and how often in seconds, or when."""

from typing import Any

from celery.schedules import crontab

# Without a worker the sweeps expire, instead of piling up for the next one.
SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "generation.tasks.sweep", "schedule": 60.0, "options": {"expires": 60.0}},
    "give back": {"task": "studies.tasks.give_back_abandoned", "schedule": 60.0, "options": {"expires": 60.0}},
    "flag workers": {"task": "studies.tasks.flag_workers", "schedule": 600.0, "options": {"expires": 600.0}},
    "tend postings": {
        "task": "studies.channels.mturk.tasks.tend_postings",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "poll Prolific": {
        "task": "studies.channels.prolific.tasks.poll_live",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    # At an hour, and not every so often: a beat that starts anew each day would never come to it.
    "tidy": {"task": "evalsite.tasks.tidy", "schedule": crontab(hour="3", minute="17"), "options": {"expires": 3600.0}},
    "measure": {"task": "analysis.web.tasks.sweep_measurements", "schedule": 60.0, "options": {"expires": 60.0}},
}
