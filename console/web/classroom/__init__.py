"""The classroom's tables, as far as a trainee's page may read them, and what can be done with them.

Nothing here knows an answer: what is true of a dossier stands in `console.web.sealed`.
"""
