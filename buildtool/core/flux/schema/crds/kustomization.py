"""Kustomization (kustomize.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v1': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'buildMetadata': {
      'type': 'array',
      'items': {'type': 'string', 'enum': ['originAnnotations', 'transformerAnnotations']},
     },
     'commonMetadata': {
      'type': 'object',
      'fields': {
       'annotations': {'type': 'object', 'values': {'type': 'string'}},
       'labels': {'type': 'object', 'values': {'type': 'string'}},
      },
     },
     'components': {'type': 'array', 'items': {'type': 'string'}},
     'decryption': {
      'type': 'object',
      'fields': {
       'provider': {'type': 'string', 'enum': ['sops']},
       'secretRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
       'serviceAccountName': {'type': 'string'},
      },
      'required': ['provider'],
     },
     'deletionPolicy': {'type': 'string', 'enum': ['MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan']},
     'dependsOn': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'name': {'type': 'string'},
        'namespace': {'type': 'string'},
        'readyExpr': {'type': 'string'},
       },
       'required': ['name'],
      },
     },
     'force': {'type': 'boolean', 'default': False},
     'healthCheckExprs': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'apiVersion': {'type': 'string'},
        'current': {'type': 'string'},
        'failed': {'type': 'string'},
        'inProgress': {'type': 'string'},
        'kind': {'type': 'string'},
       },
       'required': ['apiVersion', 'current'],
      },
     },
     'healthChecks': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'apiVersion': {'type': 'string'},
        'kind': {'type': 'string'},
        'name': {'type': 'string'},
        'namespace': {'type': 'string'},
       },
       'required': ['kind', 'name'],
      },
     },
     'ignore': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'paths': {'type': 'array', 'items': {'type': 'string'}},
        'target': {
         'type': 'object',
         'fields': {
          'annotationSelector': {'type': 'string'},
          'group': {'type': 'string'},
          'kind': {'type': 'string'},
          'labelSelector': {'type': 'string'},
          'name': {'type': 'string'},
          'namespace': {'type': 'string'},
          'version': {'type': 'string'},
         },
        },
       },
       'required': ['paths'],
      },
     },
     'ignoreMissingComponents': {'type': 'boolean'},
     'images': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'digest': {'type': 'string'},
        'name': {'type': 'string'},
        'newName': {'type': 'string'},
        'newTag': {'type': 'string'},
       },
       'required': ['name'],
      },
     },
     'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'kubeConfig': {
      'type': 'object',
      'fields': {
       'configMapRef': {'type': 'object', 'fields': {'name': {'type': 'string'}}, 'required': ['name']},
       'secretRef': {
        'type': 'object',
        'fields': {'key': {'type': 'string'}, 'name': {'type': 'string'}},
        'required': ['name'],
       },
      },
      'rules': [
       (
        'has(self.configMapRef) || has(self.secretRef)',
        'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
       ),
       (
        '!has(self.configMapRef) || !has(self.secretRef)',
        'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
       ),
      ],
     },
     'namePrefix': {'type': 'string', 'minLength': 1, 'maxLength': 200},
     'nameSuffix': {'type': 'string', 'minLength': 1, 'maxLength': 200},
     'patches': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'patch': {'type': 'string'},
        'target': {
         'type': 'object',
         'fields': {
          'annotationSelector': {'type': 'string'},
          'group': {'type': 'string'},
          'kind': {'type': 'string'},
          'labelSelector': {'type': 'string'},
          'name': {'type': 'string'},
          'namespace': {'type': 'string'},
          'version': {'type': 'string'},
         },
        },
       },
       'required': ['patch'],
      },
     },
     'path': {'type': 'string'},
     'postBuild': {
      'type': 'object',
      'fields': {
       'substitute': {'type': 'object', 'values': {'type': 'string'}},
       'substituteFrom': {
        'type': 'array',
        'items': {
         'type': 'object',
         'fields': {
          'kind': {'type': 'string', 'enum': ['Secret', 'ConfigMap']},
          'name': {'type': 'string', 'minLength': 1, 'maxLength': 253},
          'optional': {'type': 'boolean', 'default': False},
         },
         'required': ['kind', 'name'],
        },
       },
       'substituteStrategy': {'type': 'string', 'enum': ['WithVariables', 'Always']},
      },
     },
     'prune': {'type': 'boolean'},
     'retryInterval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'serviceAccountName': {'type': 'string'},
     'sourceRef': {
      'type': 'object',
      'fields': {
       'apiVersion': {'type': 'string'},
       'kind': {
        'type': 'string',
        'enum': ['OCIRepository', 'GitRepository', 'Bucket', 'ExternalArtifact'],
       },
       'name': {'type': 'string'},
       'namespace': {'type': 'string'},
      },
      'required': ['kind', 'name'],
     },
     'suspend': {'type': 'boolean'},
     'targetNamespace': {'type': 'string', 'minLength': 1, 'maxLength': 63},
     'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'wait': {'type': 'boolean'},
    },
    'required': ['interval', 'prune', 'sourceRef'],
   },
  },
 },
}
