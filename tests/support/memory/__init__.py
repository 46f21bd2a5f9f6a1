"""Parts of a push that live in memory and keep the contracts of `buildtool.usecases.ports`."""
