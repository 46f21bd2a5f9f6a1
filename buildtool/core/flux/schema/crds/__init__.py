"""The reduced schemas of Flux 2.9, a module for each kind; written by tools/flux_schemas.py."""

FLUX = "2.9"
CONTROLLERS = {
 'helm-controller': 'v1.6.3',
 'image-reflector-controller': 'v1.2.0',
 'kustomize-controller': 'v1.9.4',
 'source-controller': 'v1.9.1',
 'image-automation-controller': 'v1.2.1',
 'notification-controller': 'v1.9.3',
}
KINDS = {
 ('helm.toolkit.fluxcd.io', 'HelmRelease'): ('v2',),
 ('image.toolkit.fluxcd.io', 'ImageUpdateAutomation'): ('v1',),
 ('image.toolkit.fluxcd.io', 'ImagePolicy'): ('v1',),
 ('image.toolkit.fluxcd.io', 'ImageRepository'): ('v1',),
 ('kustomize.toolkit.fluxcd.io', 'Kustomization'): ('v1',),
 ('notification.toolkit.fluxcd.io', 'Alert'): ('v1beta3',),
 ('notification.toolkit.fluxcd.io', 'Provider'): ('v1beta3',),
 ('notification.toolkit.fluxcd.io', 'Receiver'): ('v1',),
 ('source.toolkit.fluxcd.io', 'Bucket'): ('v1',),
 ('source.toolkit.fluxcd.io', 'ExternalArtifact'): ('v1',),
 ('source.toolkit.fluxcd.io', 'GitRepository'): ('v1',),
 ('source.toolkit.fluxcd.io', 'HelmChart'): ('v1',),
 ('source.toolkit.fluxcd.io', 'HelmRepository'): ('v1',),
 ('source.toolkit.fluxcd.io', 'OCIRepository'): ('v1',),
}
