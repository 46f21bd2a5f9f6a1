"""git: facts by running the program, which costs milliseconds.

The names of commits and what changed between them come through GitPython, imported when asked for.
"""

from buildtool.adapters.git.repo import GitRepo

__all__ = ["GitRepo"]
