"""Programs for maintainers that write files of this repository from files of other projects.

flux_schemas   buildtool/core/flux/schema/crds/ from Flux's custom resource definitions
"""
