"""Limits for YAML input: a larger file is reported and not read."""

MAX_BYTES = 8_000_000  # etcd takes objects of 1.5 MB; no file of manifests comes near
MAX_DEPTH = 100
MAX_EXPANSION = 200_000  # nodes of one document once aliases are followed; Flux's own reader refuses bombs too
