"""Work outside a request: threads of a server, and processes known again by more than their number."""
