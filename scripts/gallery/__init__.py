"""The pictures that the README and the documentation show: which there are, and how each is made."""
