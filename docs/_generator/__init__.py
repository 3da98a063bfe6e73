"""The machine behind the documentation: pages made from the code and the data, and the site built of them.

Each module writes the pages of one kind of thing as Markdown, from the loaders that the program itself uses;
`building` puts them beside the pages that people wrote and hands all of it to Sphinx. Nothing that is made
here is committed, so a reference cannot lag. Nothing here parses a file that the program reads by itself.
"""
