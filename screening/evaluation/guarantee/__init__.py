"""Guarantees: thresholds that miss at most a stated share of every group, and their certificates."""
