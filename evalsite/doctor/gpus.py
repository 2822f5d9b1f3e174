"""The GPUs of this machine as NVIDIA's driver tells of them, without loading torch."""

import shutil
import subprocess
from dataclasses import dataclass

COMMAND = ("nvidia-smi", "--query-gpu=name,memory.total,memory.free,driver_version", "--format=csv,noheader,nounits")
SECONDS = 10


class DriverFails(RuntimeError):
    """NVIDIA's driver is there and does not work; the sentence is its own."""


@dataclass(frozen=True)
class Gpu:
    """One GPU: its name, memory in MiB, and the driver's version."""

    name: str
    total_mib: int
    free_mib: int
    driver: str

    def __str__(self) -> str:
        return f"{self.name} with {self.total_mib / 1024:.0f} GiB, {self.free_mib / 1024:.0f} GiB of them free"


def gpus_here(command: tuple[str, ...] = COMMAND) -> list[Gpu]:
    """All of this machine; none where there is no nvidia-smi. Raises DriverFails."""
    program = shutil.which(command[0])
    if program is None:
        return []
    try:
        done = subprocess.run(  # noqa: S603 (a fixed command)
            [program, *command[1:]], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DriverFails(f"nvidia-smi did not answer within {SECONDS} seconds") from error
    if done.returncode:
        raise DriverFails(" ".join((done.stdout or done.stderr).split()) or f"nvidia-smi ended with {done.returncode}")
    return [_gpu(line) for line in done.stdout.splitlines() if line.strip()]


def _gpu(line: str) -> Gpu:
    name, total, free, driver = (part.strip() for part in line.rsplit(",", 3))
    return Gpu(name, int(total), int(free), driver)
