"""`init`: look at a repository, propose the files that are missing, and write them."""
