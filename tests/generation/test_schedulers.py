import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generation import schedulers
from generation.evaluations import UnfitEvaluations

SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "set_alpha_to_one": False}
NAMES = list(schedulers.SCHEDULERS)


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.integers(3, 999))
def test_a_chain_takes_exactly_the_evaluations_wanted(name: str, evaluations: int) -> None:
    assert len(schedulers.start(name, SD, evaluations).timesteps) == evaluations


@pytest.mark.parametrize(("name", "evaluations"), [("ddim", 1), ("ddpm", 1), ("pndm", 3), *((name, 999) for name in NAMES)])
def test_the_shortest_and_the_longest_chain_run_to_their_end(name: str, evaluations: int) -> None:
    scheduler, generator = schedulers.start(name, SD, evaluations), torch.Generator().manual_seed(0)
    latent = torch.randn(4, 2, 2, generator=generator)
    for timestep in scheduler.timesteps.tolist():
        scheduler.scale_model_input(latent, timestep)
        latent = schedulers.step(scheduler, latent, timestep, latent, generator)
    assert latent.isfinite().all()


@pytest.mark.parametrize(("name", "evaluations"), [("ddim", 0), ("pndm", 2), ("ddpm", 1000), ("ddim", -1)])
def test_a_chain_that_is_too_short_or_too_long_is_refused(name: str, evaluations: int) -> None:
    with pytest.raises(UnfitEvaluations, match=f"to 999 evaluations, not {evaluations}"):
        schedulers.start(name, SD, evaluations)


def test_an_unknown_scheduler_is_refused_with_the_list_of_schedulers() -> None:
    names = "ddim, pndm, ddpm, ddpm_large, euler, dpmpp"
    with pytest.raises(schedulers.UnknownScheduler, match=rf"no scheduler “eular”; choose one of: {names}\."):
        schedulers.start("eular", SD, 41)


def test_what_stable_diffusion_insists_on_overrides_the_checkpoint() -> None:
    scheduler = schedulers.start("ddim", {**SD, "clip_sample": True, "steps_offset": 0}, 41)
    assert not scheduler.config["clip_sample"]
    assert scheduler.timesteps[-1] == 1
