"""Two worlds or two runs of the same people, compared person by person."""
