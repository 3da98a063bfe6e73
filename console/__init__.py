"""The only place where everything meets: the `saring` command and what it composes from the others."""
