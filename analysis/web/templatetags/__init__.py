"""Pieces of other apps' pages that the analysis makes: a template may load them where Python may not."""
