"""`buildtool builder`, and which builder push and build use.

which      the builder that configuration and environment name, or the one that buildtool makes
parts      what builders are made, looked at and removed with
making     makes it where it is missing, once, whoever else does the same at that moment
own        the Builder of push and build: makes its builder first, and keeps `down` from removing it
timed      remembers how long the steps of each image took, natively and emulated
up, show, down   the commands
"""
