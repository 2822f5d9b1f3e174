"""The training loop shared by all parts of the bundled model: one-cycle learning rate, checkpoints, resumption."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

Model = TypeVar("Model", bound=nn.Module)

SAVE_EVERY = 200
WARM_UP_SHARE = 0.1


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn; step i of two runs with the same plan sees the same data."""

    name: str
    steps: int
    peak_rate: float
    folder: Path
    averaging: float = 0.999

    @property
    def checkpoint(self) -> Path:
        return self.folder / f"{self.name}.pt"


def one_cycle(step: int, plan: Plan) -> float:
    """The learning rate of a step: a linear rise over the first tenth, then a cosine fall to zero."""
    rise = WARM_UP_SHARE * plan.steps
    if step < rise:
        return plan.peak_rate * (step + 1) / rise
    return plan.peak_rate * 0.5 * (1 + math.cos(math.pi * (step - rise) / (plan.steps - rise)))


def train(plan: Plan, model: Model, loss_of: Callable[[int], Tensor]) -> Model:
    """Minimise loss_of(step) over the parameters of model and leave their running average in it.

    Progress is saved every SAVE_EVERY steps; a second call goes on from there, or returns at once if all steps are done.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=1e-4)
    decay = torch.optim.swa_utils.get_ema_multi_avg_fn(plan.averaging)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=decay)
    start = _resume(plan, model, average, optimizer)
    shown = 0.0
    with tqdm(range(start, plan.steps), desc=plan.name, initial=start, total=plan.steps, mininterval=5) as progress:
        for step in progress:
            optimizer.param_groups[0]["lr"] = one_cycle(step, plan)
            torch.manual_seed(step)
            loss = loss_of(step)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            average.update_parameters(model)
            shown = 0.98 * shown + 0.02 * loss.item() if shown else loss.item()
            progress.set_postfix(loss=f"{shown:.4f}", refresh=False)
            if (step + 1) % SAVE_EVERY == 0 or step + 1 == plan.steps:
                _save(plan, step + 1, model, average, optimizer)
    model.load_state_dict(average.module.state_dict())
    return model.eval()


def _save(plan: Plan, step: int, model: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    plan.folder.mkdir(parents=True, exist_ok=True)
    unfinished = plan.checkpoint.with_suffix(".part")
    state = {"step": step, "model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(state, unfinished)
    unfinished.replace(plan.checkpoint)


def _resume(plan: Plan, model: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    if not plan.checkpoint.exists():
        return 0
    state = torch.load(plan.checkpoint)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])
