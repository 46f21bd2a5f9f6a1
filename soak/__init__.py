"""Pushes that are killed, interrupted, raced and lied to, by the hundred: `make soak`.

world      a registry, and repositories whose two images say which commit they are of
promises   what must hold in the registry and on the disk, whatever happened to a run
kills, interruptions, races, faults     what happens to runs; each gives a Row
table      the figures
"""
