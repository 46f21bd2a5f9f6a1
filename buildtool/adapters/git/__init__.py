"""git: facts by running the program, which costs milliseconds; history through GitPython, imported when asked for."""

from buildtool.adapters.git.repo import GitRepo

__all__ = ["GitRepo"]
