"""Who used the processor: seconds of processes, from Linux's /proc."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
USER, SYSTEM = 11, 12  # fields of /proc/PID/stat after the name in brackets


def seconds_of(processes: Iterable[int]) -> float:
    """Processor seconds of these processes so far, of their user and of the system in their name."""
    fields = [(PROC / str(pid) / "stat").read_text().rpartition(")")[2].split() for pid in processes]
    return sum(int(one[USER]) + int(one[SYSTEM]) for one in fields) / TICKS


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    return [pid, *map(int, children)]


def named(name: str) -> list[int]:
    """All processes of that name."""
    return [int(folder.parent.name) for folder in PROC.glob("[0-9]*/comm") if _name(folder) == name]


def busy_seconds() -> float:
    """Seconds that all processors together have worked since the machine started, for whomever."""
    user, nice, system, _idle, _waiting, *interrupts = (PROC / "stat").read_text().splitlines()[0].split()[1:8]
    return sum(map(int, (user, nice, system, *interrupts))) / TICKS


def _name(comm: Path) -> str:
    try:
        return comm.read_text().strip()
    except FileNotFoundError:  # it has ended meanwhile
        return ""
