"""Flux's objects against the schemas that the API server holds them to.

crds       the schemas, reduced, a module for each kind (written by tools/flux_schemas.py)
catalog    the schema of a kind and version
validate   an object -> its problems
checks     one scalar, list or map against the limits of its schema
cel        the validation rules of CRDs
fixes      what to write instead
"""
