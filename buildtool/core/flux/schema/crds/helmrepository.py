"""HelmRepository (source.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'accessFrom': {
      'type': 'object',
      'fields': {
       'namespaceSelectors': {
        'type': 'array',
        'items': {
         'type': 'object',
         'fields': {'matchLabels': {'type': 'object', 'values': {'type': 'string'}}},
        },
       },
      },
      'required': ['namespaceSelectors'],
     },
     'certSecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'insecure': {'type': 'boolean'},
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'passCredentials': {'type': 'boolean'},
     'provider': {'type': 'string', 'default': 'generic', 'enum': ['generic', 'aws', 'azure', 'gcp']},
     'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'suspend': {'type': 'boolean'},
     'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$'},
     'type': {'type': 'string', 'enum': ['default', 'oci']},
     'url': {'type': 'string', 'pattern': '^(http|https|oci)://.*$'},
    },
    'required': ['url'],
   },
  },
 },
}
