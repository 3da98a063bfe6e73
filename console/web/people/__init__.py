"""Who may do what: signing in and out, the first trainer, choosing the language, and the welcome page."""
