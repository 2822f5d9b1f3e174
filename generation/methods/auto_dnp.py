"""Auto-DNP: negative prompting by what a captioner sees in the diffusion-negative image.

Desai & Vasconcelos, "Improving image synthesis with diffusion-negative sampling", ECCV 2024, §2.1 and supplement §4.1: the
image that diffusion-negative sampling (`dns`) makes of the same prompt and the same initial noise is captioned by a model
(BLIP-2; in a row of its own, a vision-language model), and the caption n is the negative prompt:
    ε = ε_n + s(ε_p − ε_n)
Where the captioner comes from, and the scale of the DNS image, is in the condition's negative source `auto_dnp`.
Provenance: paper (captioner, at most 50 new tokens, the same initial noise), code and note (the swapped form of `dns`).
"""

from generation.methods.negative_prompt import Settings, guide, texts

__all__ = ["Settings", "guide", "texts"]
