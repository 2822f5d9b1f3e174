"""What this machine computes with: the driver, torch, and the device that EVALSITE_DEVICE names."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.doctor.gpus import DriverFails, Gpu, gpus_here

NO_DEVICE = Fault(
    code="device-missing",
    level=WRONG,
    cause="Every batch that a worker takes here fails.",
    cure="Set EVALSITE_DEVICE to a device that is here, or to auto; where CUDA_VISIBLE_DEVICES hides some, cuda:0 is the first "
    "that is left.",
)
DRIVER_FAILS = Fault(
    code="driver-fails",
    level=WRONG,
    cause="The kernel's module and nvidia-smi are of different versions, mostly after an update, or the GPU has fallen off.",
    cure="Start the machine anew; if that does not help, install the driver again.",
)
UNSEEN = Fault(
    code="gpu-unseen",
    level=WRONG,
    cause="The driver shows a GPU that torch does not: torch was built without CUDA, or for a newer driver, or "
    "CUDA_VISIBLE_DEVICES hides it. Images are drawn on the processor, many times slower.",
    cure="Install the torch of requirements.txt with CUDA, and a driver that is new enough for it.",
)
LITTLE_MEMORY = Fault(
    code="gpu-memory-little",
    level=WARNING,
    cause="Stable Diffusion 1.x in half precision takes about 3 GiB, SDXL about 8 GiB.",
    cure="See with nvidia-smi who else uses the GPU. A worker that keeps checkpoints warm is meant to.",
)
NO_TORCH = Fault(
    code="torch-fails",
    level=WRONG,
    cause="torch cannot be loaded here, so no worker can make images.",
    cure="Install requirements.txt again; on a machine that only serves pages no worker of gpu, caption or metrics may run.",
)

COMMAND: Sequence[str] = (sys.executable, "-m", "generation.gpu_report")
SECONDS = 90  # the first start of torch reads some gigabytes from the disk
LEAST_FREE_GIB = 4
GIB = 2**30


def check() -> Iterator[Finding]:
    try:
        gpus = gpus_here()
    except DriverFails as error:
        yield DRIVER_FAILS.found(f"NVIDIA's driver does not work: {error}.")
        gpus = []
    try:
        told = asked(settings.PLACEMENT.device)
    except (subprocess.SubprocessError, json.JSONDecodeError) as error:
        yield NO_TORCH.found(f"torch does not start: {_last_line(error)}.")
        return
    yield from judged(told, gpus)


def asked(device: str) -> dict[str, Any]:
    """What torch says in a process of its own. Raises SubprocessError and JSONDecodeError."""
    done = subprocess.run(  # noqa: S603 (our own module)
        [*COMMAND, device], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else json.loads("")
    return told


def judged(told: Mapping[str, Any], gpus: Sequence[Gpu]) -> Iterator[Finding]:
    """told: what torch says. gpus: what the driver says."""
    if "fault" in told:
        yield NO_DEVICE.found(told["fault"])
        return
    if gpus and not told["gpus"]:
        named = ", ".join(gpu.name for gpu in gpus)
        yield UNSEEN.found(f"The driver shows {named}, and torch {told['torch']} (CUDA {told['cuda'] or 'none'}) shows no GPU.")
        return
    if "total" not in told:
        yield well(f"A worker computes on {told['device']} here, with torch {told['torch']}.")
        return
    memory = f"{told['free'] / GIB:.1f} of {told['total'] / GIB:.1f} GiB free"
    if told["free"] < LEAST_FREE_GIB * GIB:
        yield LITTLE_MEMORY.found(f"{told['device']} ({told['name']}) has {memory}.")
    else:
        yield well(f"A worker computes on {told['device']} here, {told['name']}, {memory}, torch {told['torch']}.")


def _last_line(error: Exception) -> str:
    """What a process said last before it ended."""
    said = str(getattr(error, "stderr", None) or error).strip()
    return said.splitlines()[-1].rstrip(".") if said else type(error).__name__
