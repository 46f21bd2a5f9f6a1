"""`buildtool push`: preflight -> plan -> build unseen -> prove -> publish -> say what Flux will do.

options, plan, result   the values that go from step to step
preflight      what is wrong in checkout, configuration and manifests, before any question goes out
live           tags and published images, read from the registry now
planner        one tag, and what happens to each image: selection (Flux), age, unchanged (inputs), one_tag (pairs)
releases       a version is published once, and goes over lower ones only
further        the values of further tags; further_judge: which may be written or moved; further_writer: does it, last
readiness      whether builder and registry can do what the plan needs; harbor: what a Harbor's settings do to it
preparation    plan and readiness, told
building       the bake (bake_targets) and the proof (proving), under the candidate tag (candidates)
transaction    all tags or none; publishing: the plan once more, then the transaction; overtaken: races settled
outlook        what came of it, and next_commit: the lines Flux will change
recorder       what is told meanwhile
run            the whole, on one screen
"""
