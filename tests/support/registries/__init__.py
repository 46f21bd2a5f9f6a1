"""Real registries on loopback: started on a free port, polled until they answer, stopped by their own pid."""
