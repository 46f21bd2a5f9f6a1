"""What Flux makes of the repository: which objects which cluster gets, and with what names.

builds          what `kustomize build` takes in for a folder
applied         what a build and a Flux Kustomization make of each object
worlds          the clusters, and what each of them applies
model           FluxTree: the answers that rules and commands ask for

Worked example. `clusters/home/flux-system/gotk-sync.yaml` applies `clusters/home`. There, `apps.yaml` is a Flux
Kustomization with `path: ./apps/web` and `targetNamespace: web`; `apps/web/kustomization.yaml` lists `policy.yaml` and
says `namespace: other`, `namePrefix: my-`. Then `policy.yaml`, an ImagePolicy `shop`, is in the world `clusters/home`
as `web:my-shop`, applied by `flux-system:apps`: the prefix is kustomize's, and targetNamespace wins over `other`.
"""
