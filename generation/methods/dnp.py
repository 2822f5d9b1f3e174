"""Diffusion-negative prompting (DNP): negative prompting by what people see in the diffusion-negative image.

Desai & Vasconcelos, "Improving image synthesis with diffusion-negative sampling", ECCV 2024, §2.1 and supplement §4.1: the
image that diffusion-negative sampling (`dns`) makes of the same prompt and the same initial noise is described by a person,
and the description n is the negative prompt:
    ε = ε_n + s(ε_p − ε_n)
The captioning study, and the scale of the DNS image, are in the condition's negative source `human`.
Provenance: paper (people as captioners, the same initial noise), code and note (the swapped form of `dns`).
"""

from generation.methods.negative_prompt import Settings, guide, texts

__all__ = ["Settings", "guide", "texts"]
