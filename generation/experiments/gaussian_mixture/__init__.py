"""The rules on a Gaussian mixture, where everything is known exactly (Koulischer et al., ICLR 2025, §3, App. A and B)."""
