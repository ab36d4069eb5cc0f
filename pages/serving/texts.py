"""What the server says to a request that it does not answer, as plain text."""

NOT_THIS_NAME = (
    "This server does not answer to the name in the address.\n"
    "If it is yours, allow the name: start it with --server.allowedHosts=NAME, or set server.allowedHosts in "
    ".streamlit/config.toml. docs/deploying.md says more.\n"
)
NOT_HERE = "There is nothing here.\n"
