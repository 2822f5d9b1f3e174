"""A study from its file to its finished report: images, rehearsal votes, metrics, tables."""
