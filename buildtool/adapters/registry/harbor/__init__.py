"""Harbor: its own API beside `/v2/`, its settings as values, and what it does for us."""
