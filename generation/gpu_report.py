"""What this machine computes with, as JSON on one line: for whoever asks without loading torch itself.

python -m generation.gpu_report cuda:1      whether that device is here, and how much of its memory is free
"""

import json
import sys
from typing import Any

import torch

from generation.devices import UnfitPlacement, device_of
from generation.placement import Placement


def report(device_name: str) -> dict[str, Any]:
    """torch's version, its CUDA, the device that a setting means, and the memory of a GPU in bytes."""
    told: dict[str, Any] = {"torch": torch.__version__, "cuda": torch.version.cuda, "gpus": torch.cuda.device_count()}
    try:
        device = device_of(Placement(device=device_name))
    except UnfitPlacement as error:
        return {**told, "fault": str(error)}
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        told |= {"name": torch.cuda.get_device_name(device), "free": free, "total": total}
    return {**told, "device": str(device)}


if __name__ == "__main__":
    print(json.dumps(report(sys.argv[1])))
