"""What the distribution specification says: `/v2/`, pages of tags, content by digest, a write that is known."""
