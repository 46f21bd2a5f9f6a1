"""`buildtool build`: what push builds and proves, without a registry."""
