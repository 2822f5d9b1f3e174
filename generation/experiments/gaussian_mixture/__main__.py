"""All of the paper's studies on Gaussian mixtures: python -m generation.experiments.gaussian_mixture --out FOLDER."""

import argparse
from pathlib import Path

from generation.experiments.gaussian_mixture.running import run

parser = argparse.ArgumentParser(prog="python -m generation.experiments.gaussian_mixture", description=__doc__)
parser.add_argument("--out", type=Path, default=Path("gaussian-mixture"), help="where figures and numbers go")
parser.add_argument("--points", type=int, default=10_000, help="points to draw with each rule, and to track")
parser.add_argument("--seed", type=int, default=0, help="of all noise")
arguments = parser.parse_args()
for path in run(arguments.out, arguments.points, arguments.seed):
    print(path)
