"""power: what a study can see before it is made, and how large it must be."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from analysis.figures.power import power_figure
from analysis.figures.saving import Picture
from analysis.power import (
    USUAL,
    USUAL_DESIGN_EFFECT,
    USUAL_PLAN,
    Assumptions,
    BadPlan,
    Correlations,
    Plan,
    Split,
    correlations_of,
)
from analysis.power_pilot import Pilot, pilot_of
from analysis.power_report import PowerReport, power_report
from analysis.power_simulation import SIMULATIONS
from analysis.power_text import power_text
from analysis.study_votes import StudyVotes, studies_of
from analysis.votes import read_votes

BAD_INPUT = 2
CONDITIONS, UNDECIDED = 2, 20.0  # assumed where neither a pilot nor a split is given
ROUNDING = 0.5  # per cent that a split may miss of 100


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser(
        "power",
        help="how many votes and comparisons a study needs",
        description="Power of the report's test of a difference, the smallest difference that a planned study can see, and the "
        "comparisons and votes needed: in closed form, and by simulation.",
    )
    parser.set_defaults(run=run)
    _add_plan(parser)
    _add_assumptions(parser)
    parser.add_argument("--level", type=_share, default=5.0, metavar="PERCENT", help="of the test, two-sided (5)")
    parser.add_argument("--tests", type=_whole, default=1, metavar="N", help="differences that Holm adjusts over (1)")
    parser.add_argument("--simulations", type=_whole, default=SIMULATIONS, metavar="N", help=f"studies ({SIMULATIONS})")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the simulations (0)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for power.json and power.pdf, .svg and .png")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    plan = parser.add_argument_group("the planned study")
    plan.add_argument("--comparisons", type=_whole, default=USUAL_PLAN.comparisons, metavar="N", help="that show both (100)")
    plan.add_argument("--votes", type=_whole, default=USUAL_PLAN.votes, metavar="N", help="on each comparison (10)")
    plan.add_argument("--workers", type=_whole, metavar="N", help="in all (who vote as often as in the pilot, else 17 times)")
    plan.add_argument("--difference", type=float, metavar="POINTS", help="to be seen (that of the pilot or of the split)")


def _add_assumptions(parser: argparse.ArgumentParser) -> None:
    pilot = parser.add_argument_group("assumptions from a pilot")
    pilot.add_argument("--pilot", type=Path, metavar="FILE", help="a votes file, CSV or Parquet")
    pilot.add_argument("--study", metavar="NAME", help="of the pilot's studies, if there are several")
    pilot.add_argument("--criterion", metavar="NAME", help="of the pilot (its first)")
    pilot.add_argument("--pair", nargs=2, metavar=("A", "B"), help="conditions of the pilot (its first two)")
    made = parser.add_argument_group("assumptions without one")
    made.add_argument(
        "--split",
        metavar="A,B,…,TIE",
        help="per cent for a and b, the two compared, for further conditions shown with them, and last for no clear winner",
    )
    made.add_argument("--conditions", type=_whole, metavar="K", help="shown together, equally good, 20%% undecided (2)")
    made.add_argument(
        "--design-effect",
        type=float,
        metavar="D",
        help="of the planned study, half by comparisons and half by workers (what gives "
        f"{USUAL_DESIGN_EFFECT} to 100 comparisons × 10 votes by 60 workers)",
    )


def run(asked: argparse.Namespace) -> int:
    """Print the report and write the files; 2 with the reason for a plan or assumptions that cannot be."""
    try:
        plan, assumed, source = _planned(asked)
        report = power_report(plan, assumed, asked.simulations, asked.seed)
    except BadPlan as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    print(power_text(report, assumed, source))
    if asked.out:
        _write(asked.out, report, assumed, source)
    return 0


def _planned(asked: argparse.Namespace) -> tuple[Plan, Assumptions, str]:
    """The plan, what is assumed, and where that comes from."""
    if asked.pilot and (asked.split or asked.conditions or asked.design_effect):
        raise BadPlan(
            "A pilot says how votes split and depend on each other: give either --pilot or --split and --design-effect."
        )
    if not asked.pilot and (asked.study or asked.criterion or asked.pair):
        raise BadPlan("--study, --criterion and --pair choose votes of a pilot: give --pilot, too.")
    if asked.pilot:
        pilot, source = _pilot(asked)
        plan = _plan(asked, pilot.plan(asked.comparisons, asked.votes))
        return plan, _assumed(asked, pilot.split, pilot.correlations), source
    plan = _plan(asked, USUAL_PLAN.resized(asked.comparisons, asked.votes))
    correlations = USUAL if asked.design_effect is None else correlations_of(asked.design_effect, plan)
    return plan, _assumed(asked, _split(asked), correlations), "Nothing is known yet; what follows is assumed."


def _plan(asked: argparse.Namespace, plan: Plan) -> Plan:
    return Plan(plan.comparisons, plan.votes, asked.workers) if asked.workers else plan


def _assumed(asked: argparse.Namespace, split: Split, correlations: Correlations) -> Assumptions:
    difference = abs(split.difference) if asked.difference is None else asked.difference / 100
    if not 0 < difference <= 1:
        raise BadPlan("Say which difference is to be seen: --difference, in points, more than 0 and at most 100.")
    return Assumptions(split.with_difference(difference), correlations, asked.tests, asked.level / 100)


def _split(asked: argparse.Namespace) -> Split:
    if asked.split is None:
        share = (1 - UNDECIDED / 100) / max(asked.conditions or CONDITIONS, CONDITIONS)
        return Split(share, share)
    if asked.conditions:
        raise BadPlan("--split says how many conditions there are: leave --conditions out.")
    try:
        shares = [float(text) for text in asked.split.split(",")]
    except ValueError:
        shares = []
    if len(shares) < 3 or not all(0 <= share <= 100 for share in shares) or abs(sum(shares) - 100) > ROUNDING:
        raise BadPlan(
            f"--split {asked.split} is no split: give per cent for a, for b and for no clear winner that add up to 100, "
            "like 45,35,20."
        )
    return Split(shares[0] / sum(shares), shares[1] / sum(shares))


def _pilot(asked: argparse.Namespace) -> tuple[Pilot, str]:
    """What the pilot tells, and which votes of it."""
    votes = _study(asked)
    criterion = _chosen("criterion", asked.criterion, votes.criteria)
    pair = asked.pair or votes.conditions[:2]
    first, second = (_chosen("pair", name, votes.conditions) for name in pair)
    if first == second:
        raise BadPlan(f"--pair names “{pair[0]}” twice; name two conditions.")
    pilot = pilot_of(votes, criterion, (first, second))
    return pilot, (
        f"Pilot: {pilot.total} votes on {votes.criteria[criterion]} by {pilot.workers} workers on {pilot.comparisons} "
        f"comparisons of {votes.study}, a being {pair[0]} and b {pair[1]}; design effect {pilot.design_effect:.2f}."
    )


def _study(asked: argparse.Namespace) -> StudyVotes:
    studies = {votes.study: votes for votes, _rows in studies_of(read_votes(asked.pilot))}
    if asked.study is None and len(studies) > 1:
        raise BadPlan(f"The pilot holds several studies; choose one by --study: {', '.join(studies)}.")
    return studies[list(studies)[_chosen("study", asked.study, tuple(studies))]]


def _chosen(option: str, name: str | None, names: tuple[str, ...]) -> int:
    """The code of a name, of the first where none is asked for."""
    if name is None:
        return 0
    if name not in names:
        raise BadPlan(f"The pilot has no --{option} “{name}”; it has {', '.join(names)}.")
    return names.index(name)


def _write(folder: Path, report: PowerReport, assumed: Assumptions, source: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {"source": source, "assumed": asdict(assumed), **asdict(report)}, ensure_ascii=False, indent=2, allow_nan=False
    )
    (folder / "power.json").write_text(text + "\n", encoding="utf-8")
    drawn: Picture = power_figure(report)
    for suffix, content in (("pdf", drawn.pdf), ("svg", drawn.svg), ("png", drawn.png)):
        (folder / f"power.{suffix}").write_bytes(content)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from 1")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share < 100:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of per cent between 0 and 100")
    return share
