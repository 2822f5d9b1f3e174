"""A study as a file: its whole design in YAML, to be kept beside a paper, sent to others and loaded again.

docs/study_files.md has the keys. The presets of the papers' tables lie in studies/presets.
"""

from studies.study_files.dumping import CannotDump, dump
from studies.study_files.errors import BadStudyFile
from studies.study_files.loading import load
from studies.study_files.presets import find
from studies.study_files.reading import StudyFile, read

__all__ = ["BadStudyFile", "CannotDump", "StudyFile", "dump", "find", "load", "read"]
