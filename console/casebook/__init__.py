"""Dossiers for a class, drawn from a scenario: what lies on the desk, and apart from it what was so."""
