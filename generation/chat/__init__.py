"""Questions to a language model behind an OpenAI-compatible chat endpoint: asked once, kept for ever, their cost logged.

Two negative sources come from here: what means the opposite of a prompt (Desai & Vasconcelos, ECCV 2024, supplement §4.2), and
what a vision-language model sees in a diffusion-negative image (supplement §4.1).
"""

from generation.chat.asking import ask, describe_image
from generation.chat.endpoint import ChatFailed
from generation.chat.questions import DESCRIPTION_REQUEST
from generation.models.chat_answers import OverBudget

__all__ = ["DESCRIPTION_REQUEST", "ChatFailed", "OverBudget", "ask", "describe_image"]
