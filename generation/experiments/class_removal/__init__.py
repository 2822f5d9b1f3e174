"""Class removal (Koulischer et al., ICLR 2025, §4.1): a model of all images is led away from a model of one class."""
