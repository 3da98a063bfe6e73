"""What leaves the console: facilitator guides, sheets to print, and files for other programs.

Nothing here knows Django, a login or a database, and nothing decides who may see an answer: whoever calls
brings records, with or without their answers, and gets texts, rows and statements back.
"""
