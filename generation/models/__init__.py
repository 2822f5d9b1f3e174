from generation.models.conditions import Checkpoint, Condition, Scheduler
from generation.models.images import Batch, Image, Run
from generation.models.prompts import Prompt, PromptSet

__all__ = ["Batch", "Checkpoint", "Condition", "Image", "Prompt", "PromptSet", "Run", "Scheduler"]
