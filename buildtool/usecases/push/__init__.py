"""`buildtool push`: preflight -> plan -> build unseen -> prove -> publish -> say what Flux will do.

model      options, plan and result
preflight  everything that can be known to fail before a build
harbor     what a Harbor's settings will do to it
selection  what Flux selects now and will select then, the next timestamp, the age of the commit
unchanged  images whose inputs did not change keep their tag
building   the plan as one bake, tried again where that can heal
publishing the final tags of all images, or of none
run        the whole, on one screen
"""
