"""What this app keeps: results of votes, and what was measured of images."""

from analysis.web.models.measurements import Measurement, MetricOfCondition, NotMeasured, Score
from analysis.web.models.results import LEASE, MOST_CLAIMS, StudyResults, StudyResultsQuerySet

__all__ = [
    "LEASE",
    "MOST_CLAIMS",
    "Measurement",
    "MetricOfCondition",
    "NotMeasured",
    "Score",
    "StudyResults",
    "StudyResultsQuerySet",
]
