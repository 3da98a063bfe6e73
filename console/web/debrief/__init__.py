"""The debrief of a class and of a seat: what was missed, who was stopped wrongly, and why."""
