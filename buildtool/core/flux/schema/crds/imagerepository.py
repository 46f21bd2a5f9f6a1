"""ImageRepository (image.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

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
     'exclusionList': {
      'type': 'array',
      'default': ['^.*\\.sig$'],
      'maxItems': 25,
      'items': {'type': 'string'},
     },
     'image': {'type': 'string'},
     'insecure': {'type': 'boolean'},
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'provider': {'type': 'string', 'default': 'generic', 'enum': ['generic', 'aws', 'azure', 'gcp']},
     'proxySecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'serviceAccountName': {'type': 'string', 'maxLength': 253},
     'suspend': {'type': 'boolean'},
     'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$'},
    },
    'required': ['image', 'interval'],
   },
  },
 },
}
