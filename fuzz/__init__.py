"""Hostile input for every parser at the border: `python -m fuzz` (`make fuzz`)."""
