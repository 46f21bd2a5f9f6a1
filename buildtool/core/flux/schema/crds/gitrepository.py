"""GitRepository (source.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'ignore': {'type': 'string'},
     'include': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'fromPath': {'type': 'string'},
        'repository': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
        'toPath': {'type': 'string'},
       },
       'required': ['repository'],
      },
     },
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'provider': {'type': 'string', 'enum': ['generic', 'aws', 'azure', 'github']},
     'proxySecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'recurseSubmodules': {'type': 'boolean'},
     'ref': {
      'type': 'object',
      'fields': {
       'branch': {'type': 'string'},
       'commit': {'type': 'string'},
       'name': {'type': 'string'},
       'semver': {'type': 'string'},
       'tag': {'type': 'string'},
      },
     },
     'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'serviceAccountName': {'type': 'string'},
     'sparseCheckout': {'type': 'array', 'items': {'type': 'string'}},
     'suspend': {'type': 'boolean'},
     'timeout': {'type': 'string', 'default': '60s', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$'},
     'url': {'type': 'string', 'pattern': '^(http|https|ssh)://.*$'},
     'verify': {
      'type': 'object',
      'fields': {
       'mode': {
        'type': 'string',
        'default': 'HEAD',
        'enum': ['head', 'HEAD', 'Tag', 'TagAndHEAD'],
       },
       'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
      },
      'required': ['secretRef'],
     },
    },
    'required': ['interval', 'url'],
    'rules': [
     (
      "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
      "serviceAccountName can only be set when provider is 'azure' or 'aws'",
     ),
    ],
   },
  },
 },
}
