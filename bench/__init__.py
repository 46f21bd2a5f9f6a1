"""What things cost, measured: `make bench`. Each module beside this one with a `run()` is a bench."""
