"""The commands of python -m analysis, one a file: what each is asked, and what it does."""
