from studies.models.comparison import Comparison, ComparisonImage, Drop, Place
from studies.models.study import Criterion, Study, StudyCondition, StudyPromptSet
from studies.models.voting import Progress, Session, Trial, Vote
from studies.models.worker import Worker

__all__ = [
    "Comparison",
    "ComparisonImage",
    "Criterion",
    "Drop",
    "Place",
    "Progress",
    "Session",
    "Study",
    "StudyCondition",
    "StudyPromptSet",
    "Trial",
    "Vote",
    "Worker",
]
