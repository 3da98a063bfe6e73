"""One module for each command of `saring`: options in, work composed, results printed."""
