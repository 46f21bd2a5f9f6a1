"""Where an image stands on its way from a commit to running, and why it goes no further. Facts in, stations out.

station          one station: reached, not reached or unknown, with evidence, cause and fix
observed         what was seen of one image, or why it could not be seen
kubernetes       Flux's objects, Deployments and pods, as an API server answers
upstream         commit, published, selected: the registry and the policy
downstream       committed, applied: git and Flux's Kustomizations
running          Deployments and a health URL
journey          the stations of one image, and the one sentence where it stands
"""
