"""ImagePolicy (image.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'digestReflectionPolicy': {'type': 'string', 'default': 'Never', 'enum': ['Always', 'IfNotPresent', 'Never']},
     'filterTags': {
      'type': 'object',
      'fields': {'extract': {'type': 'string'}, 'pattern': {'type': 'string'}},
     },
     'imageRepositoryRef': {
      'type': 'object',
      'fields': {'name': {'type': 'string'}, 'namespace': {'type': 'string'}},
      'required': ['name'],
     },
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'policy': {
      'type': 'object',
      'fields': {
       'alphabetical': {
        'type': 'object',
        'fields': {'order': {'type': 'string', 'default': 'asc', 'enum': ['asc', 'desc']}},
       },
       'numerical': {
        'type': 'object',
        'fields': {'order': {'type': 'string', 'default': 'asc', 'enum': ['asc', 'desc']}},
       },
       'semver': {'type': 'object', 'fields': {'range': {'type': 'string'}}, 'required': ['range']},
      },
     },
     'suspend': {'type': 'boolean'},
    },
    'required': ['imageRepositoryRef', 'policy'],
    'rules': [
     (
      "!has(self.interval) || (has(self.digestReflectionPolicy) && self.digestReflectionPolicy == 'Always')",
      "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'",
     ),
     (
      "has(self.interval) || !has(self.digestReflectionPolicy) || self.digestReflectionPolicy != 'Always'",
      "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
     ),
    ],
   },
  },
 },
}
