"""One file for each check: its faults, how it looks, and what it makes of what it saw."""
