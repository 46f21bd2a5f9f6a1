"""HelmChart (source.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'chart': {'type': 'string'},
     'ignoreMissingValuesFiles': {'type': 'boolean'},
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'reconcileStrategy': {'type': 'string', 'default': 'ChartVersion', 'enum': ['ChartVersion', 'Revision']},
     'sourceRef': {
      'type': 'object',
      'fields': {
       'apiVersion': {'type': 'string'},
       'kind': {'type': 'string', 'enum': ['HelmRepository', 'GitRepository', 'Bucket']},
       'name': {'type': 'string'},
      },
      'required': ['kind', 'name'],
     },
     'suspend': {'type': 'boolean'},
     'valuesFiles': {'type': 'array', 'items': {'type': 'string'}},
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
      },
     },
     'version': {'type': 'string', 'default': '*'},
    },
    'required': ['chart', 'interval', 'sourceRef'],
    'rules': [
     (
      "!has(self.verify) || self.sourceRef.kind == 'HelmRepository'",
      "spec.verify is only supported when spec.sourceRef.kind is 'HelmRepository'",
     ),
    ],
   },
  },
 },
}
