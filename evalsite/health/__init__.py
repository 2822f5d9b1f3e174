"""Whether the site is well: probes for load balancers, metrics for Prometheus, and what workers leave as marks for both."""
