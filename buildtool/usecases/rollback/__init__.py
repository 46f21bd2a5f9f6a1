"""`buildtool rollback`: publish the good image again under a newer time, and mark the bad one.

standing    what is deployed now, and the tags to choose from
target      which image to go back to
plan        the tags that are written: the mark, then the new tag; checked before the first change
withdraw    for policies that do not select the newest time: newer tags are removed from what the policy sees
run         the whole, on one screen
"""
