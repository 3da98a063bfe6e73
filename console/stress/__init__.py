"""Stress tests: what becomes of a screener when the world is not as it was tuned for, one module for each."""
