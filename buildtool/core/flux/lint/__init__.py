"""The rules of `check`: one file per family, each with its `RULES` and one `check(tree)`.

model     Rule, and what a family is
tree      the repository as the rules see it
registry  all families, and the run
"""
