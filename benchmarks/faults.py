"""Runs of images through random faults: do rows and files end as where nothing fails?

    python -m benchmarks.faults                     # 20 runs, each with faults of its own
    python -m benchmarks.faults --runs 3 --seed 7 --broker rabbitmq

Two workers make a run on a PostgreSQL and a broker that this starts itself. At random moments a worker is killed and another
started, the broker crashes, with or without its messages, or the database crashes. Images whose batch killed too many workers
fail, as they must, and are retried, as a researcher would do it. In the end state and digest of every image must be those of a
run without faults, and every file must be what its row says. Exits with 1 if any run ends otherwise.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.random_faults import Result, Servers
    from tests.faults.site import Outcomes

# Each worker process imports this module before it has its own settings: what looks at them is imported where it is needed.
MOST_FAULTS = 8
SIZE = {"prompts": "abcdef", "evaluations": 60}  # 24 images in 6 batches


def main() -> None:
    options = _parser().parse_args()
    from benchmarks.random_faults import Servers
    from tests.faults import databases, services
    from tests.tiny_checkpoint import build_tiny_checkpoint

    start_broker = {"redis": services.redis, "rabbitmq": services.rabbitmq}[options.broker]
    with tempfile.TemporaryDirectory() as name, services.postgresql() as database, start_broker() as broker:
        databases.migrate(database)
        folder = Path(name)
        servers = Servers(database, broker, build_tiny_checkpoint(folder / "checkpoint"), SIZE)
        clean = _numbered(servers, folder, 0, 0, 0, None).outcomes
        results = [
            _numbered(servers, folder, number, options.seed + number, options.faults, clean)
            for number in range(1, options.runs + 1)
        ]
    different = sum(bool(result.differences) for result in results)
    print(f"{len(results) - different} of {len(results)} runs ended as the one without faults did.")
    raise SystemExit(1 if different else 0)


def _numbered(servers: "Servers", folder: Path, number: int, seed: int, faults: int, clean: "Outcomes | None") -> "Result":
    """A run, and a line of the table."""
    from benchmarks.random_faults import KINDS, run

    if not number:
        names = "".join(f"{name:>18}" for name in (*KINDS, "images retried"))
        print(f"{'run':>5}  {names}{'seconds':>10}{'identical':>11}")
    own = folder / str(number)
    own.mkdir()
    result = run(servers, own, seed, faults, clean)
    counts = "".join(f"{result.faults[kind]:>18}" for kind in KINDS)
    identical = "no" if result.differences else "yes"
    print(f"{number or 'clean':>5}  {counts}{result.retried:>18}{result.seconds:>10.1f}{identical:>11}", flush=True)
    for difference in result.differences:
        print(f"       {difference}")
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--faults", type=int, default=MOST_FAULTS, help="the most of a run")
    parser.add_argument("--broker", choices=["rabbitmq", "redis"], default="redis")
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    main()
