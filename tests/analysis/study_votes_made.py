"""A study's votes for tests, made of tuples by way of a real frame."""

from collections.abc import Iterable

import pandas as pd

from analysis.study_votes import StudyVotes, coded

FIELDS = ["prompt_set", "prompt", "seed", "worker", "criterion", "shown", "choice"]

Choice = tuple[str, str, int, str, str, str, str]


def study_votes(choices: Iterable[Choice], conditions: str = "") -> StudyVotes:
    """The votes (prompt set, prompt, seed, worker, criterion, shown, choice); a worker's votes on a comparison are a trial.

    conditions: the rows of the table joined by “|”, if the file says them.
    """
    frame = pd.DataFrame(list(choices), columns=FIELDS)
    texts = {name: pd.Categorical(frame[name], categories=frame[name].unique()) for name in FIELDS if name != "seed"}
    trial = frame.groupby(["prompt_set", "prompt", "seed", "worker", "shown"], sort=False).ngroup()
    return coded("made", frame.assign(**texts, conditions=pd.Categorical([conditions] * len(frame)), trial=trial))
