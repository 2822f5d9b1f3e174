"""How long backup and restore of a site with many images take, and how much memory, beside tar and pg_dump or a plain copy.

    python -m benchmarks.backup --images 5000 [--kilobytes 100] [--database postgresql://…/a --second postgresql://…/b]

Each is a process of its own, the site's with all that starting Django takes. tar checks nothing and copies all every day.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import django

FILL = "fill"


@dataclass(frozen=True)
class Took:
    """seconds: by the clock. peak: MiB, the most that the process held."""

    seconds: float
    peak: float


@dataclass(frozen=True)
class Site:
    """A data folder and a database, of SQLite if none is named."""

    folder: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        own = {"EVALSITE_DATA": str(self.folder), "EVALSITE_DATABASE": self.database, "EVALSITE_SECRET_KEY": "of a benchmark"}
        return {**os.environ, "DJANGO_SETTINGS_MODULE": "evalsite.settings", **own}

    def manage(self, *arguments: str) -> Took:
        return measure([sys.executable, "manage.py", *arguments], self.environment)

    def fill(self, first: int, images: int, size: int) -> None:
        measure([sys.executable, "-m", "benchmarks.backup", FILL, *map(str, (first, images, size))], self.environment)


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Took:
    """Run a command to its end. Raises CalledProcessError if it fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, said.read().decode())
    return Took(time.perf_counter() - start, used.ru_maxrss / 1024)


def both(*commands: Sequence[str]) -> Took:
    """One after the other."""
    took = [measure(command, os.environ) for command in commands]
    return Took(sum(one.seconds for one in took), max(one.peak for one in took))


def fill(first: int, images: int, size: int) -> None:
    """Add images of so many bytes, of random content, with their files and checksums, to the site of this process."""
    django.setup()
    from django.core.management import call_command

    from generation.models import Condition, Image, Prompt
    from generation.storage import store
    from tests.factories_generation import ConditionFactory, PromptFactory

    call_command("migrate", verbosity=0)
    condition = Condition.objects.first() or ConditionFactory.create()
    prompt = Prompt.objects.first() or PromptFactory.create()
    rows = []
    for seed in range(first, first + images):
        content = os.urandom(size)
        digest = hashlib.sha256(content).hexdigest()
        name = f"{condition.fingerprint[:16]}/{prompt.pk}_{seed}_{digest[:12]}.png"
        store().put(name, content)
        rows.append(Image(prompt=prompt, condition=condition, seed=seed, state="done", file=name, sha256=digest))
    Image.objects.bulk_create(rows, batch_size=500)


def compare(images: int, size: int, first: str, second: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here, there, backup = Site(Path(folder) / "a", first), Site(Path(folder) / "b", second), Path(folder) / "backup"
        here.fill(0, images, size)
        tar, out = Path(folder) / "images.tar", Path(folder) / "out"
        out.mkdir()
        peer = both(["tar", "-cf", str(tar), "-C", str(here.folder), "images"], dump(here, Path(folder)))
        rows = {
            "tar and a copy of the database": (peer, peer),
            "manage.py check, which does nothing": (here.manage("check"), peer),
            "backup, the first": (here.manage("backup", str(backup)), peer),
            "backup, nothing new": (here.manage("backup", str(backup)), peer),
        }
        here.fill(images, images // 100, size)
        rows["backup, 1 % new"] = (here.manage("backup", str(backup)), peer)
        back = both(["tar", "-xf", str(tar), "-C", str(out)])
        rows["untar, without the database"] = (back, back)
        rows["restore: verify, write, read again"] = (there.manage("restore", str(backup)), back)
        rows["verify_files"] = (there.manage("verify_files"), back)
        rows["tidy --dry-run"] = (there.manage("tidy", "--dry-run"), back)
    print(f"{images} images of {size // 1000} kB, {os.cpu_count()} processors. Ratio: of tar's time.\n")
    print("| what | seconds | ratio | peak MiB |\n| :--- | ---: | ---: | ---: |")
    for name, (took, of) in rows.items():
        print(f"| {name} | {took.seconds:.1f} | {took.seconds / of.seconds:.2f} | {took.peak:.0f} |")


def dump(site: Site, folder: Path) -> Sequence[str]:
    """The command that copies the database as its own tools do."""
    if site.database:
        return ["pg_dump", "-Fc", f"--dbname={site.database}", f"--file={folder / 'peer.dump'}"]
    return ["cp", str(site.folder / "evalsite.sqlite3"), str(folder / "peer.sqlite3")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--kilobytes", type=int, default=100)
    parser.add_argument("--database", default="", help="an empty one of PostgreSQL (default: SQLite)")
    parser.add_argument("--second", default="", help="another one, to restore into")
    options = parser.parse_args()
    compare(options.images, options.kilobytes * 1000, options.database, options.second)


if __name__ == "__main__":
    if sys.argv[1:2] == [FILL]:
        fill(*map(int, sys.argv[2:]))
    else:
        main()
