"""What `init` finds in a repository, and the files that it proposes: texts in, texts out."""
