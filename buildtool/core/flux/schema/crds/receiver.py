"""Receiver (notification.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'events': {'type': 'array', 'items': {'type': 'string'}},
     'interval': {'type': 'string', 'default': '10m', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'oidcProviders': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'audience': {'type': 'string'},
        'issuerURL': {'type': 'string', 'pattern': '^https?://'},
        'validations': {
         'type': 'array',
         'minItems': 1,
         'items': {
          'type': 'object',
          'fields': {'expression': {'type': 'string'}, 'message': {'type': 'string'}},
          'required': ['expression', 'message'],
         },
        },
        'variables': {
         'type': 'array',
         'items': {
          'type': 'object',
          'fields': {'expression': {'type': 'string'}, 'name': {'type': 'string'}},
          'required': ['expression', 'name'],
         },
        },
       },
       'required': ['issuerURL', 'validations'],
      },
     },
     'resourceFilter': {'type': 'string'},
     'resources': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'apiVersion': {'type': 'string'},
        'filter': {'type': 'string'},
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
     'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'suspend': {'type': 'boolean'},
     'type': {
      'type': 'string',
      'enum': [
       'generic',
       'generic-hmac',
       'generic-oidc',
       'github',
       'gitlab',
       'bitbucket',
       'harbor',
       'dockerhub',
       'quay',
       'gcr',
       'nexus',
       'acr',
       'cdevents',
      ],
     },
    },
    'required': ['resources', 'type'],
    'rules': [
     (
      "self.type != 'generic-oidc' || (has(self.oidcProviders) && size(self.oidcProviders) > 0)",
      'generic-oidc receivers must define at least one oidcProvider',
     ),
     (
      "self.type == 'generic-oidc' || !has(self.oidcProviders) || size(self.oidcProviders) == 0",
      'oidcProviders can only be set when type is generic-oidc',
     ),
     (
      "self.type != 'generic-oidc' || !has(self.secretRef)",
      'secretRef cannot be set when type is generic-oidc',
     ),
     (
      "self.type == 'generic-oidc' || has(self.secretRef)",
      'secretRef is required when type is not generic-oidc',
     ),
    ],
   },
  },
 },
}
