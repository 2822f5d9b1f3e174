"""What researchers do in the admin: prompt sets, checkpoints, conditions, runs, and a look at the images."""

from generation.admin.chat_answers import ChatAnswerAdmin
from generation.admin.conditions import CheckpointAdmin, ConditionAdmin
from generation.admin.images import ImageAdmin
from generation.admin.negatives import CaptionAdmin, NegativeTextAdmin, StandardNegativesAdmin
from generation.admin.prompts import PromptAdmin, PromptSetAdmin
from generation.admin.runs import RunAdmin

__all__ = ["CaptionAdmin", "ChatAnswerAdmin", "CheckpointAdmin", "ConditionAdmin", "ImageAdmin", "NegativeTextAdmin"]
__all__ += ["PromptAdmin", "PromptSetAdmin", "RunAdmin", "StandardNegativesAdmin"]
