"""Prolific: a study published there over its API, its submissions read back, decided on and paid."""
