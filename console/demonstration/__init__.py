"""Simulated trainees for a console with something to see: how they decide, not where that is kept.

Their decisions are made up by a small model whose every number is assumed. What their debrief shows was put
in; it says nothing about officers.
"""
