"""python -m generation.bundled.training: train the bundled model from nothing, resumable."""
