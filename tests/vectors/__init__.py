"""Answers recorded questions of other people's code, a JSON line for a JSON line: `python -m tests.vectors KIND`.

Needs only the package's own dependencies.
"""
