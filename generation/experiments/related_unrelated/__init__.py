"""Related and unrelated negatives (Koulischer et al., ICLR 2025, §4.2): how far each leads images away, by NP and by DNG."""
