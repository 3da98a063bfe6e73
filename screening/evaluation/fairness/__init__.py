"""Fairness: who is protected less, who is burdened more, and by which rules and answers."""
