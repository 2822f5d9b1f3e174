"""Automatic metrics of generated images: CLIP score, Inception Score, Fréchet distance, divergence of classes, and Q."""
