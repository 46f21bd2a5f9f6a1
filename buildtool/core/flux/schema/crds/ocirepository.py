"""OCIRepository (source.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'certSecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'ignore': {'type': 'string'},
     'insecure': {'type': 'boolean'},
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'layerSelector': {
      'type': 'object',
      'fields': {
       'mediaType': {'type': 'string'},
       'operation': {'type': 'string', 'enum': ['extract', 'copy']},
      },
     },
     'provider': {'type': 'string', 'default': 'generic', 'enum': ['generic', 'aws', 'azure', 'gcp']},
     'proxySecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'ref': {
      'type': 'object',
      'fields': {
       'digest': {'type': 'string'},
       'semver': {'type': 'string'},
       'semverFilter': {'type': 'string'},
       'tag': {'type': 'string'},
      },
     },
     'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'serviceAccountName': {'type': 'string'},
     'suspend': {'type': 'boolean'},
     'timeout': {'type': 'string', 'default': '60s', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$'},
     'url': {'type': 'string', 'pattern': '^oci://.*$'},
     'verify': {
      'type': 'object',
      'fields': {
       'matchOIDCIdentity': {
        'type': 'array',
        'items': {
         'type': 'object',
         'fields': {'issuer': {'type': 'string'}, 'subject': {'type': 'string'}},
         'required': ['issuer', 'subject'],
        },
       },
       'provider': {'type': 'string', 'default': 'cosign', 'enum': ['cosign', 'notation']},
       'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
       'trustedRootSecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
      },
     },
    },
    'required': ['interval', 'url'],
   },
  },
 },
}
