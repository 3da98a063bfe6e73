"""Pages: everything measured, as single HTML files that ask nobody for anything, in both languages."""
