"""`buildtool doctor`: every prerequisite of a push -> facts (ok, warning, failed, skipped), each with its fix.

engine/interfaces     Protocols of what the checks need from outside; the class Check
engine/shared         the class Shared: a value that is computed once, with a time limit
engine/shared_values  the values of one run that several checks use: configuration, checkout, builder, tags, ...
engine/parallel       runs all checks at the same time, each with a time limit
examine               the list of all checks, and one run of them
repairs               the few fixes that `doctor --fix` runs
checks/               one module for each subject: git, python, configuration, docker, builder, registry, ...
"""

from buildtool.usecases.doctor.engine.interfaces import DoctorPorts
from buildtool.usecases.doctor.examine import SCHEMA, examine
from buildtool.usecases.doctor.repairs import repair

__all__ = ["SCHEMA", "DoctorPorts", "examine", "repair"]
