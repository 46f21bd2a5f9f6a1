"""`python3 -m realparts COMMAND`: what the Makefile calls."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- said here, in words that old Pythons still read
    sys.stderr.write("error: Python 3.11 or newer is needed\n  fix: make demo PYTHON=python3.12\n")
    sys.exit(2)

from realparts.commands import main  # older Pythons cannot read it

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
