"""Every code that a command prints, each explained on one page of one form; `buildtool explain` prints the pages.

pages       the form: Page, and its three sorts Kind (ends a command), Rule (is found) and Answer (of Flux)
failure     BuildtoolError, one occurrence of a Kind; findings: Finding, one occurrence of a Rule
catalogue   all pages together
command … proof, harbor, tags, answers, rules_*    the pages, a file for each family

A new code is one declaration in the file of its family. `from buildtool.errors import NAME` gives every Kind.
"""

from buildtool.errors.build import *  # noqa: F403 -- a new Kind is declared once, in its family's file
from buildtool.errors.command import *  # noqa: F403
from buildtool.errors.docker import *  # noqa: F403
from buildtool.errors.exception import BuildtoolError as BuildtoolError
from buildtool.errors.exception import raise_first as raise_first
from buildtool.errors.exits import EXIT_MEANING as EXIT_MEANING
from buildtool.errors.exits import Exit as Exit
from buildtool.errors.flux import *  # noqa: F403
from buildtool.errors.git import *  # noqa: F403
from buildtool.errors.init_files import *  # noqa: F403
from buildtool.errors.pages import Kind as Kind
from buildtool.errors.proof import *  # noqa: F403
from buildtool.errors.refusals import *  # noqa: F403
from buildtool.errors.registry import *  # noqa: F403
