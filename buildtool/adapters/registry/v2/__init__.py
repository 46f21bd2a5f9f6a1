"""The API of the distribution specification: `/v2/`, lists of tags, manifests and blobs by digest, writing a tag."""
