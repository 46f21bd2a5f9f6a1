"""Who we are: challenges, tokens, stored credentials, and requests that carry them."""
