"""Bucket (source.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'bucketName': {'type': 'string'},
     'certSecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'endpoint': {'type': 'string'},
     'ignore': {'type': 'string'},
     'insecure': {'type': 'boolean'},
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'prefix': {'type': 'string'},
     'provider': {'type': 'string', 'default': 'generic', 'enum': ['generic', 'aws', 'gcp', 'azure']},
     'proxySecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'region': {'type': 'string'},
     'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
     'serviceAccountName': {'type': 'string'},
     'sts': {
      'type': 'object',
      'fields': {
       'certSecretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
       'endpoint': {'type': 'string', 'pattern': '^(http|https)://.*$'},
       'provider': {'type': 'string', 'enum': ['aws', 'ldap']},
       'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
      },
      'required': ['endpoint', 'provider'],
     },
     'suspend': {'type': 'boolean'},
     'timeout': {'type': 'string', 'default': '60s', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$'},
    },
    'required': ['bucketName', 'endpoint', 'interval'],
    'rules': [
     (
      "self.provider == 'aws' || self.provider == 'generic' || !has(self.sts)",
      "STS configuration is only supported for the 'aws' and 'generic' Bucket providers",
     ),
     (
      "self.provider != 'aws' || !has(self.sts) || self.sts.provider == 'aws'",
      "'aws' is the only supported STS provider for the 'aws' Bucket provider",
     ),
     (
      "self.provider != 'generic' || !has(self.sts) || self.sts.provider == 'ldap'",
      "'ldap' is the only supported STS provider for the 'generic' Bucket provider",
     ),
     (
      "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.secretRef)",
      "spec.sts.secretRef is not required for the 'aws' STS provider",
     ),
     (
      "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.certSecretRef)",
      "spec.sts.certSecretRef is not required for the 'aws' STS provider",
     ),
     (
      "self.provider != 'generic' || !has(self.serviceAccountName)",
      "ServiceAccountName is not supported for the 'generic' Bucket provider",
     ),
     (
      '!has(self.secretRef) || !has(self.serviceAccountName)',
      'cannot set both .spec.secretRef and .spec.serviceAccountName',
     ),
    ],
   },
  },
 },
}
