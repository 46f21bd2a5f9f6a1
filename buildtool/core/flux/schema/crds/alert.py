"""Alert (notification.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1beta3': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'eventMetadata': {'type': 'object', 'values': {'type': 'string'}},
     'eventSeverity': {'type': 'string', 'default': 'info', 'enum': ['info', 'error']},
     'eventSources': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'apiVersion': {'type': 'string'},
        'kind': {
         'type': 'string',
         'enum': [
          'Bucket',
          'GitRepository',
          'Kustomization',
          'HelmRelease',
          'HelmChart',
          'HelmRepository',
          'ImageRepository',
          'ImagePolicy',
          'ImageUpdateAutomation',
          'OCIRepository',
          'ArtifactGenerator',
          'ExternalArtifact',
         ],
        },
        'matchLabels': {'type': 'object', 'values': {'type': 'string'}},
        'name': {'type': 'string', 'minLength': 1, 'maxLength': 253},
        'namespace': {'type': 'string', 'minLength': 1, 'maxLength': 253},
       },
       'required': ['kind', 'name'],
      },
     },
     'exclusionList': {'type': 'array', 'items': {'type': 'string'}},
     'inclusionList': {'type': 'array', 'items': {'type': 'string'}},
     'providerRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'summary': {'type': 'string', 'maxLength': 255},
     'suspend': {'type': 'boolean'},
    },
    'required': ['eventSources', 'providerRef'],
   },
  },
 },
}
