"""One exchange over HTTP: bounded, routed, its failures named, tried again where that can heal. No credentials."""
