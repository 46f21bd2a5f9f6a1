"""`buildtool status` and `push --wait`: look at everything that tells where an image is.

questions        what is asked, as Protocols, and one question with a time limit
deploy_branch    the deploy branch on the remote: its head, the values at the setters, who contains whom
cluster_objects  Flux's objects, Deployments and pods of one image
look             all of it for all images: facts, judged by core.status
follow           look again and again, until all images have arrived, or the time is over
"""
