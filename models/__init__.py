"""Cards learned from labelled synthetic cohorts, and what they are measured against.

`features` says what may be read, `card` scores and gives points, `train` learns, `challengers` holds the
unrestricted rival. `cards/` holds the released files. Nothing here knows how applicants are simulated.
"""
