"""What can be told of a rulebook without a single applicant: its rules as statements about possible dossiers.

A field has finitely many codes, and numbers matter only around the limits that somebody compares them with;
so most questions about a condition have an exact answer. Where there are too many cases the answer is "cannot
tell", and never a guess. Nothing here knows any truth, and nothing here changes a rulebook.
"""
