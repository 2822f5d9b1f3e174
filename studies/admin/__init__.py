"""The researcher's side of a study: one file for each page."""

from studies.admin.study import StudyAdmin

__all__ = ["StudyAdmin"]
