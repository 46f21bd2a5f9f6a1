"""ImageUpdateAutomation (image.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'git': {
      'type': 'object',
      'fields': {
       'checkout': {
        'type': 'object',
        'fields': {
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
        },
        'required': ['ref'],
       },
       'commit': {
        'type': 'object',
        'fields': {
         'author': {
          'type': 'object',
          'fields': {'email': {'type': 'string'}, 'name': {'type': 'string'}},
          'required': ['email'],
         },
         'messageTemplate': {'type': 'string'},
         'messageTemplateValues': {'type': 'object', 'values': {'type': 'string'}},
         'signingKey': {
          'type': 'object',
          'fields': {
           'secretRef': {
            'type': 'object',
            'fields': {'name': {'type': 'string'}},
            'required': ['name'],
           },
           'type': {'type': 'string', 'enum': ['gpg', 'ssh']},
          },
          'required': ['secretRef'],
         },
        },
        'required': ['author'],
       },
       'push': {
        'type': 'object',
        'fields': {
         'branch': {'type': 'string'},
         'options': {'type': 'object', 'values': {'type': 'string'}},
         'refspec': {'type': 'string'},
        },
       },
      },
      'required': ['commit'],
     },
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'policySelector': {
      'type': 'object',
      'fields': {
       'matchExpressions': {
        'type': 'array',
        'items': {
         'type': 'object',
         'fields': {
          'key': {'type': 'string'},
          'operator': {'type': 'string'},
          'values': {'type': 'array', 'items': {'type': 'string'}},
         },
         'required': ['key', 'operator'],
        },
       },
       'matchLabels': {'type': 'object', 'values': {'type': 'string'}},
      },
     },
     'sourceRef': {
      'type': 'object',
      'fields': {
       'apiVersion': {'type': 'string'},
       'kind': {'type': 'string', 'default': 'GitRepository', 'enum': ['GitRepository']},
       'name': {'type': 'string'},
       'namespace': {'type': 'string'},
      },
      'required': ['name'],
     },
     'suspend': {'type': 'boolean'},
     'update': {
      'type': 'object',
      'default': {'strategy': 'Setters'},
      'fields': {
       'path': {'type': 'string'},
       'strategy': {'type': 'string', 'default': 'Setters', 'enum': ['Setters']},
      },
     },
    },
    'required': ['interval', 'sourceRef'],
   },
  },
 },
}
