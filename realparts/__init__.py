"""The real parts behind `make demo` and `make test`: engine, emulation, registry, base images, virtual environment.

Standard library only: it runs before the virtual environment exists. Everything it starts is written down in `.parts/`
and stopped by process id; everything it downloads is kept in the user's cache folder.

machine    what this computer is, read once
packages   pure: which Debian packages bring what is missing
system     installs those packages without touching the machine's own apt settings
debian     Debian packages of any architecture, fetched without installing them
bases      stand-ins for base images where the public registry is out of reach
engine     finds a container engine, or starts one
registry   starts a real registry on a free loopback port
gotools    extra programs for tests, where a Go toolchain is
lock       the exact packages that are installed, with hashes
versions   the unit tests with the lowest and the newest packages
demo       `make demo`: build, push, prove and run the site on this computer
"""
