"""Lock the requirements by pip's own resolution: NAME==VERSION of all that pip would install, and nothing else.

python .ci/lock.py requirements.in requirements.txt

Left out are what belongs to one machine: hashes, addresses, local version suffixes, and the CUDA packages, which torch
brings itself where there is a GPU.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

OF_A_GPU = ("nvidia-", "cuda-", "triton")


def main(source: str, target: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        subprocess.run([*pip, "--report", str(report), "-r", source], check=True)  # noqa: S603 (our own arguments)
        chosen = [item["metadata"] for item in json.loads(report.read_text())["install"]]
    lines = sorted(f"{item['name'].lower()}=={item['version'].partition('+')[0]}" for item in chosen)
    kept = [line for line in lines if not line.startswith(OF_A_GPU)]
    Path(target).write_text("\n".join([f"# Locked from {source} by `make lock`.", *kept]) + "\n")


main(*sys.argv[1:])
