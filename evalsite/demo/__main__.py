"""python -m evalsite.demo [--no-serve]: from prompts to the table of a paper, with the bundled model and rehearsal voters.

Everything lies in one folder, the site's data too. A second call redoes nothing that is done.
"""

import argparse
import os
import sys
from pathlib import Path

import django

from evalsite.reproduction.ports import DidNotFinish, free_port


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evalsite.demo", description=__doc__)
    parser.add_argument("--no-serve", action="store_true", help="stop after the tables instead of serving the site")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="the folder (default: %(default)s)")
    parser.add_argument("--study", type=Path, metavar="FILE", help="another study file than the demo's")
    options = parser.parse_args()
    output = options.output.resolve()
    try:
        _configure(output)
        from evalsite.demo.road import serve, walk  # after the configuration, which they read

        (walk if options.no_serve else serve)(output, options.study)
    except DidNotFinish as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _configure(output: Path) -> None:
    """A site of the demo's own, on a free port."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "evalsite.settings"
    os.environ["EVALSITE_DATA"] = str(output / "site")
    os.environ["EVALSITE_BATCH_LEASE_SECONDS"] = "60"  # a demo that was killed goes on soon
    os.environ["EVALSITE_URL"] = f"http://127.0.0.1:{free_port()}"
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
