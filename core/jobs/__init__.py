"""Work outside a request: threads of a server, and processes that are identified by more than their number."""
