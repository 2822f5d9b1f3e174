from studies.models.comparison import Comparison, ComparisonImage, Drop, Place
from studies.models.study import Criterion, Study, StudyCondition, StudyPromptSet
from studies.models.voting import Session, Trial, Vote, Worker

__all__ = [
    "Comparison",
    "ComparisonImage",
    "Criterion",
    "Drop",
    "Place",
    "Session",
    "Study",
    "StudyCondition",
    "StudyPromptSet",
    "Trial",
    "Vote",
    "Worker",
]
