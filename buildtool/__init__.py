"""Build, prove and publish images under tags that Flux can sort.

errors    the catalogue: every code that a command prints, with its page
config    buildtool.toml: found, read, checked once, with the origin of each value
core      pure, values in and values out: commit, image, build, registry, status, flux, yaml, text
usecases  a module or folder for each command, in terms of Protocols (ports)
adapters  one thing outside each: programs, git, buildx, registry, cluster, files of the CI run
cli       click, and only here: wiring, output, reports, one file for each command

CONTRIBUTING.md has a sentence for each folder, and says where a change goes.
"""

__version__ = "0.1.0"
