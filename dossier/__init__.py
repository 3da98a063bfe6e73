"""The vocabulary of saring: what lies on an officer's desk and what may be said about it.

Fields, stages, indicators, findings and recommendations are declared here once, for the generator, the
screener, the report and the classroom alike. This package imports nothing else of ours, and it never
says whether a person is a victim: the types that do live in `dossier.truth`, behind an import contract.
"""
