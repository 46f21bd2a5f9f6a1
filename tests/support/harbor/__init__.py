"""A stand-in for Harbor, held to records of a real v2.15.2; it stores its images itself and needs nothing.

state     accounts, projects, artifacts, and the switches a test turns      access   who may do what; tokens
v2        `/v2/`, and `manifests`, `blobs`, `tags` below it                 api      `/api/v2.0/`, and `artifacts`
"""
