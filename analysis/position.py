"""Whether images are chosen for where they stand."""

from dataclasses import dataclass

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class PositionShare:
    """Of votes for an image, those for the image at this position (from 1), in per cent."""

    criterion: str
    position: int
    percent: float | None
    expected: float | None  # were positions chosen alike
    p: float | None  # of the criterion: χ² with clustered variance, the same at each of its positions


def position_bias(votes: StudyVotes) -> tuple[PositionShare, ...]:
    raise NotImplementedError
