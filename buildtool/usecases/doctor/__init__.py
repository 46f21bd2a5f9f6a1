"""`buildtool doctor`: every prerequisite as a fact with its fix.

model        what the checks need from outside, and the shape of a check
shared       values several checks need: made once, waited for with a limit, and never reported twice
sidebyside   all checks at once, each with a time limit
examined     the shared values of one run
examine      the list of checks, and the run
repairs      the few fixes that doctor may run itself
git, python, configuration, docker, builder, registry, policies, runner, disk, k3s: one family of checks each
"""

from buildtool.usecases.doctor.examine import SCHEMA, examine
from buildtool.usecases.doctor.model import DoctorPorts
from buildtool.usecases.doctor.repairs import repair

__all__ = ["SCHEMA", "DoctorPorts", "examine", "repair"]
