"""The gallery of scenarios, the page of each, and the form for a new sitting."""
