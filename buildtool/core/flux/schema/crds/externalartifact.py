"""ExternalArtifact (source.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'sourceRef': {
      'type': 'object',
      'fields': {
       'apiVersion': {'type': 'string'},
       'kind': {'type': 'string'},
       'name': {'type': 'string'},
       'namespace': {'type': 'string'},
      },
      'required': ['kind', 'name'],
     },
    },
   },
  },
 },
}
