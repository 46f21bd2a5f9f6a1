"""Build, prove and publish images under tags that Flux can sort.

errors    every failure a user can meet: code, message, fix, exit code
config    settings, validated once, with the origin of each
core      pure: values in, values out (tags, policies, setters, proofs, findings)
usecases  what a user wants done, in terms of ports
adapters  one outside thing each: programs, git, buildx, registry, manifests, CI
cli       click, and only here: wiring, output, one thin file per command
"""

__version__ = "0.1.0"
