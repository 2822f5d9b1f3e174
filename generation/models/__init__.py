from generation.models.batches import Batch
from generation.models.captions import Caption, NegativeText
from generation.models.chat_answers import ChatAnswer
from generation.models.checkpoints import Checkpoint
from generation.models.conditions import Condition, Scheduler
from generation.models.images import Image
from generation.models.prompts import Prompt, PromptSet
from generation.models.runs import Run
from generation.models.standard_negatives import StandardNegatives

__all__ = ["Batch", "Caption", "ChatAnswer", "Checkpoint", "Condition", "Image", "NegativeText", "Prompt", "PromptSet", "Run"]
__all__ += ["Scheduler", "StandardNegatives"]
