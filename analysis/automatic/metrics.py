"""The metrics by their names in files, with how a table prints each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """title: as the head of a column. digits: that are printed. greater_is_better: else the smallest is best."""

    name: str
    title: str
    digits: int
    greater_is_better: bool


CLIP_MIN_OBJECT = Metric("clip_min_object", "CLIP min. object", 3, greater_is_better=True)
CLIP_FULL_PROMPT = Metric("clip_full_prompt", "CLIP full prompt", 3, greater_is_better=True)
INCEPTION_SCORE = Metric("inception_score", "IS", 2, greater_is_better=True)
FID = Metric("fid", "FID", 2, greater_is_better=False)
KL = Metric("kl", "KL", 3, greater_is_better=False)

METRICS = {metric.name: metric for metric in (CLIP_MIN_OBJECT, CLIP_FULL_PROMPT, INCEPTION_SCORE, FID, KL)}
