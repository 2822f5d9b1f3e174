"""The rows of the Prolific channel, a file for each of its parts."""

from studies.channels.prolific.models.intent import Intent
from studies.channels.prolific.models.prolific_study import ProlificStudy
from studies.channels.prolific.models.submission import SeenEvent, Submission

__all__ = ["Intent", "ProlificStudy", "SeenEvent", "Submission"]
