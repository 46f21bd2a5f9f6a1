"""Authentication: challenges, tokens, stored credentials, and requests that carry them."""
