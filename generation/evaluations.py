"""How many UNet evaluations the schedulers make. Nothing here imports torch."""

TIMESTEPS = 1000  # of the training of Stable Diffusion
STEPS_OFFSET = 1  # StableDiffusionPipeline never evaluates timestep 0
PNDM_FEWEST = 3


class UnfitEvaluations(ValueError):
    """A number of evaluations that a scheduler cannot make."""


def require_fit(scheduler: str, evaluations: int, timesteps: int = TIMESTEPS) -> None:
    """Raise UnfitEvaluations unless the scheduler of that name makes so many evaluations of the timesteps trained on."""
    fewest = PNDM_FEWEST if scheduler == "pndm" else 1
    most = timesteps - STEPS_OFFSET
    if not fewest <= evaluations <= most:
        raise UnfitEvaluations(f"{scheduler} makes {fewest} to {most} evaluations, not {evaluations}.")
