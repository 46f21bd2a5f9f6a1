"""`buildtool doctor`: every prerequisite of a push -> facts (ok, warning, failed, skipped), each with its fix.

engine/check      what the checks need from outside, and the shape of a check
engine/shared     values several checks need: made once, waited for with a limit, and never reported twice
engine/parallel   all checks at once, each with a time limit
engine/examined   the shared values of one run
examine           the list of checks, and the run
repairs           the few fixes that doctor may run itself
checks/           one family of checks each: git, python, configuration, docker, builder, registry, ...
"""

from buildtool.usecases.doctor.engine.check import DoctorPorts
from buildtool.usecases.doctor.examine import SCHEMA, examine
from buildtool.usecases.doctor.repairs import repair

__all__ = ["SCHEMA", "DoctorPorts", "examine", "repair"]
