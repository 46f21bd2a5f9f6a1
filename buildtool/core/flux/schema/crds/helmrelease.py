"""HelmRelease (helm.toolkit.fluxcd.io) of Flux 2.9; written by tools/flux_schemas.py."""

VERSIONS = {
 'v2': {
  'type': 'object',
  'fields': {
   'spec': {
    'type': 'object',
    'fields': {
     'chart': {
      'type': 'object',
      'fields': {
       'metadata': {
        'type': 'object',
        'fields': {
         'annotations': {'type': 'object', 'values': {'type': 'string'}},
         'labels': {'type': 'object', 'values': {'type': 'string'}},
        },
       },
       'spec': {
        'type': 'object',
        'fields': {
         'chart': {'type': 'string', 'minLength': 1, 'maxLength': 2048},
         'ignoreMissingValuesFiles': {'type': 'boolean'},
         'interval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
         'reconcileStrategy': {
          'type': 'string',
          'default': 'ChartVersion',
          'enum': ['ChartVersion', 'Revision'],
         },
         'sourceRef': {
          'type': 'object',
          'fields': {
           'apiVersion': {'type': 'string'},
           'kind': {'type': 'string', 'enum': ['HelmRepository', 'GitRepository', 'Bucket']},
           'name': {'type': 'string', 'minLength': 1, 'maxLength': 253},
           'namespace': {'type': 'string', 'minLength': 1, 'maxLength': 63},
          },
          'required': ['kind', 'name'],
         },
         'valuesFiles': {'type': 'array', 'items': {'type': 'string'}},
         'verify': {
          'type': 'object',
          'fields': {
           'provider': {'type': 'string', 'default': 'cosign', 'enum': ['cosign', 'notation']},
           'secretRef': {
            'type': 'object',
            'fields': {'name': {'type': 'string'}},
            'required': ['name'],
           },
          },
         },
         'version': {'type': 'string', 'default': '*'},
        },
        'required': ['chart', 'sourceRef'],
       },
      },
      'required': ['spec'],
     },
     'chartRef': {
      'type': 'object',
      'fields': {
       'apiVersion': {'type': 'string'},
       'kind': {'type': 'string', 'enum': ['OCIRepository', 'HelmChart', 'ExternalArtifact']},
       'name': {'type': 'string', 'minLength': 1, 'maxLength': 253},
       'namespace': {'type': 'string', 'minLength': 1, 'maxLength': 63},
      },
      'required': ['kind', 'name'],
     },
     'commonMetadata': {
      'type': 'object',
      'fields': {
       'annotations': {'type': 'object', 'values': {'type': 'string'}},
       'labels': {'type': 'object', 'values': {'type': 'string'}},
      },
     },
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
     'driftDetection': {
      'type': 'object',
      'fields': {
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
       'mode': {'type': 'string', 'enum': ['enabled', 'warn', 'disabled']},
      },
     },
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
     'install': {
      'type': 'object',
      'fields': {
       'crds': {'type': 'string', 'enum': ['Skip', 'Create', 'CreateReplace']},
       'createNamespace': {'type': 'boolean'},
       'disableHooks': {'type': 'boolean'},
       'disableOpenAPIValidation': {'type': 'boolean'},
       'disableSchemaValidation': {'type': 'boolean'},
       'disableTakeOwnership': {'type': 'boolean'},
       'disableWait': {'type': 'boolean'},
       'disableWaitForJobs': {'type': 'boolean'},
       'remediation': {
        'type': 'object',
        'fields': {
         'ignoreTestFailures': {'type': 'boolean'},
         'remediateLastFailure': {'type': 'boolean'},
         'retries': {'type': 'integer'},
        },
       },
       'replace': {'type': 'boolean'},
       'serverSideApply': {'type': 'boolean'},
       'skipCRDs': {'type': 'boolean'},
       'strategy': {
        'type': 'object',
        'fields': {
         'name': {'type': 'string', 'enum': ['RemediateOnFailure', 'RetryOnFailure']},
         'retryInterval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
        },
        'required': ['name'],
        'rules': [
         (
          "!has(self.retryInterval) || self.name != 'RemediateOnFailure'",
          ".retryInterval cannot be set when .name is 'RemediateOnFailure'",
         ),
        ],
       },
       'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
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
     'maxHistory': {'type': 'integer'},
     'persistentClient': {'type': 'boolean'},
     'postRenderStrategy': {'type': 'string', 'enum': ['nohooks', 'combined', 'separate']},
     'postRenderers': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'kustomize': {
         'type': 'object',
         'fields': {
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
         },
        },
       },
      },
     },
     'releaseName': {'type': 'string', 'minLength': 1, 'maxLength': 53},
     'rollback': {
      'type': 'object',
      'fields': {
       'cleanupOnFail': {'type': 'boolean'},
       'disableHooks': {'type': 'boolean'},
       'disableWait': {'type': 'boolean'},
       'disableWaitForJobs': {'type': 'boolean'},
       'force': {'type': 'boolean'},
       'recreate': {'type': 'boolean'},
       'serverSideApply': {'type': 'string', 'enum': ['enabled', 'disabled', 'auto']},
       'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
      },
     },
     'serviceAccountName': {'type': 'string', 'minLength': 1, 'maxLength': 253},
     'storageNamespace': {'type': 'string', 'minLength': 1, 'maxLength': 63},
     'suspend': {'type': 'boolean'},
     'targetNamespace': {'type': 'string', 'minLength': 1, 'maxLength': 63},
     'test': {
      'type': 'object',
      'fields': {
       'enable': {'type': 'boolean'},
       'filters': {
        'type': 'array',
        'items': {
         'type': 'object',
         'fields': {
          'exclude': {'type': 'boolean'},
          'name': {'type': 'string', 'minLength': 1, 'maxLength': 253},
         },
         'required': ['name'],
        },
       },
       'ignoreFailures': {'type': 'boolean'},
       'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
      },
     },
     'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
     'uninstall': {
      'type': 'object',
      'fields': {
       'deletionPropagation': {
        'type': 'string',
        'default': 'background',
        'enum': ['background', 'foreground', 'orphan'],
       },
       'disableHooks': {'type': 'boolean'},
       'disableWait': {'type': 'boolean'},
       'keepHistory': {'type': 'boolean'},
       'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
      },
     },
     'upgrade': {
      'type': 'object',
      'fields': {
       'chartNameChangeStrategy': {'type': 'string', 'enum': ['InPlaceUpdate', 'Reinstall']},
       'cleanupOnFail': {'type': 'boolean'},
       'crds': {'type': 'string', 'enum': ['Skip', 'Create', 'CreateReplace']},
       'disableHooks': {'type': 'boolean'},
       'disableOpenAPIValidation': {'type': 'boolean'},
       'disableSchemaValidation': {'type': 'boolean'},
       'disableTakeOwnership': {'type': 'boolean'},
       'disableWait': {'type': 'boolean'},
       'disableWaitForJobs': {'type': 'boolean'},
       'force': {'type': 'boolean'},
       'preserveValues': {'type': 'boolean'},
       'remediation': {
        'type': 'object',
        'fields': {
         'ignoreTestFailures': {'type': 'boolean'},
         'remediateLastFailure': {'type': 'boolean'},
         'retries': {'type': 'integer'},
         'strategy': {'type': 'string', 'enum': ['rollback', 'uninstall']},
        },
       },
       'serverSideApply': {'type': 'string', 'enum': ['enabled', 'disabled', 'auto']},
       'strategy': {
        'type': 'object',
        'fields': {
         'name': {'type': 'string', 'enum': ['RemediateOnFailure', 'RetryOnFailure']},
         'retryInterval': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
        },
        'required': ['name'],
        'rules': [
         (
          "!has(self.retryInterval) || self.name == 'RetryOnFailure'",
          ".retryInterval can only be set when .name is 'RetryOnFailure'",
         ),
        ],
       },
       'timeout': {'type': 'string', 'pattern': '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'},
      },
     },
     'values': {'type': 'any'},
     'valuesFrom': {
      'type': 'array',
      'items': {
       'type': 'object',
       'fields': {
        'kind': {'type': 'string', 'enum': ['Secret', 'ConfigMap']},
        'literal': {'type': 'boolean'},
        'name': {'type': 'string', 'minLength': 1, 'maxLength': 253},
        'optional': {'type': 'boolean'},
        'targetPath': {
         'type': 'string',
         'pattern': '^([a-zA-Z0-9_\\-.\\\\\\/]|\\[[0-9]{1,5}\\])+$',
         'maxLength': 250,
        },
        'valuesKey': {'type': 'string', 'pattern': '^[\\-._a-zA-Z0-9]+$', 'maxLength': 253},
       },
       'required': ['kind', 'name'],
      },
     },
     'waitStrategy': {
      'type': 'object',
      'fields': {'name': {'type': 'string', 'enum': ['poller', 'legacy']}},
      'required': ['name'],
     },
    },
    'required': ['interval'],
    'rules': [
     (
      '(has(self.chart) && !has(self.chartRef)) || (!has(self.chart) && has(self.chartRef))',
      'either chart or chartRef must be set',
     ),
    ],
   },
  },
 },
}
