"""Harbor: its own API beside `/v2/`, its settings as values, projects and scans."""
