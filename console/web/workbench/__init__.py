"""The researcher's workbench: a finished run, a threshold that moves, and what it costs whom."""
