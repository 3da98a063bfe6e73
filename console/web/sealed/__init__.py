"""The answers: what is true of each dossier, and the seed it was drawn from. `reveal` is the only door."""
