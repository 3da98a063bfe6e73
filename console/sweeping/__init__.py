"""Sweeps: many variants of a simulation on the same people, counted side by side; no run and no report."""
