"""Synthetic voters: a process that knows a study's rehearsal link and nothing else, and uses the pages that people use.

No Django and no database: what a voter sees are prompts, images and questions.
"""
