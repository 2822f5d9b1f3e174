"""A study as one ZIP that others can check: packed with checksums, verified by making its numbers again from its votes."""
