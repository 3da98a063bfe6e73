"""What a class or a seat learns from its decisions, as plain functions over plain data.

Nothing here opens a database or an answer: judgements and cases are handed in, and whoever may not see an
answer cannot measure with it.
"""
