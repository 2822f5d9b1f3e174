from studies.models.caption import WorkerCaption
from studies.models.comparison import Comparison, ComparisonImage, Drop, Place
from studies.models.design import Criterion, Example, QuizQuestion, StudyCondition, StudyPromptSet
from studies.models.link import Link
from studies.models.log import LogLine
from studies.models.quality import Exclusion, Flag, QualityPlan
from studies.models.session import Progress, Session
from studies.models.study import Study
from studies.models.trial import Trial
from studies.models.vote import Report, Vote
from studies.models.worker import Attempt, PersonalLink, Worker

__all__ = [
    "Attempt",
    "Comparison",
    "ComparisonImage",
    "Criterion",
    "Drop",
    "Example",
    "Exclusion",
    "Flag",
    "Link",
    "LogLine",
    "PersonalLink",
    "Place",
    "Progress",
    "QualityPlan",
    "QuizQuestion",
    "Report",
    "Session",
    "Study",
    "StudyCondition",
    "StudyPromptSet",
    "Trial",
    "Vote",
    "Worker",
    "WorkerCaption",
]
