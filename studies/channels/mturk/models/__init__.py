from studies.channels.mturk.models.hit import Assignment, FrameVisit, Hit, SharedImage
from studies.channels.mturk.models.intent import Intent
from studies.channels.mturk.models.posting import Posting
from studies.channels.mturk.models.qualification import Qualification

__all__ = ["Assignment", "FrameVisit", "Hit", "Intent", "Posting", "Qualification", "SharedImage"]
