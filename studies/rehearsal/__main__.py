"""`python -m studies.rehearsal LINK`: voters come one after the other until the site has no place left."""

import argparse
import itertools
import sys
from collections.abc import Callable

from tqdm import tqdm

from studies.rehearsal.pages import NoPlaceLeft, SiteDoesNotAnswer, TrialPage, UnexpectedPage, Visit
from studies.rehearsal.voter import Voter


def main(arguments: list[str]) -> int:
    """Rehearse; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        voters = rehearse(options.link, options.voters, options.seed)
    except (SiteDoesNotAnswer, UnexpectedPage) as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(voters))
    return 0


def rehearse(link: str, most_voters: int | None, seed: int) -> list[Voter]:
    """Send voters to a rehearsal link until no place is left, or `most_voters` have come; the voters who voted."""
    voters: list[Voter] = []
    with tqdm(desc="Rehearsal", unit=" trials") as progress:
        for number in itertools.islice(itertools.count(), most_voters):
            voter = Voter.drawn(seed, number)
            try:
                _sit(link, voter, progress.update)
            except NoPlaceLeft:
                break
            voters.append(voter)
    return voters


def _sit(link: str, voter: Voter, answered: Callable[[], object]) -> None:
    with Visit(link) as visit:
        trial = visit.start()
        while trial:
            trial = answer(visit, voter, trial)
            answered()


def answer(visit: Visit, voter: Voter, trial: TrialPage) -> TrialPage | None:
    """Send what a voter makes of a trial; the next trial, None after the last."""
    if trial.asks_for_caption:
        return visit.describe(trial, voter.describe(trial))
    return visit.answer(trial, voter.vote(trial))


def summary(voters: list[Voter]) -> str:
    """One line on what happened, and a second if answers were drawn at random."""
    trials, at_random = sum(voter.trials for voter in voters), sum(voter.trials_at_random for voter in voters)
    line = f"{len(voters)} synthetic voters answered {trials} trials."
    if not at_random:
        return line
    return f"{line}\n{at_random} of them at random: their prompts or images are not of the bundled world."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m studies.rehearsal", description="Send synthetic voters to a study.")
    parser.add_argument("link", help="the study's rehearsal link")
    parser.add_argument("--voters", type=int, help="at most so many voters; by default until no place is left")
    parser.add_argument("--seed", type=int, default=0, help="draws the voters' noise and habits")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
