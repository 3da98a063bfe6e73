"""Data that others can use: cohorts and screenings in four formats, with all that is needed to read them."""
