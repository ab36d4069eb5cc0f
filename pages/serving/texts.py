"""What the server says to a request that it does not answer, as plain text."""

NOT_THIS_NAME = (
    "This server does not answer to the name in the address.\n"
    "If it is yours, allow the name: start it with --server.allowedHosts=NAME, or set server.allowedHosts in "
    ".streamlit/config.toml. docs/deploying.md says more.\n"
)
NOT_HERE = "There is nothing here.\n"

NO_PLACE = "This page takes no file now. Reload it, then choose the file again."
AT_ONCE = "Several of your files are still on their way. Wait until they have arrived, then choose this one again."
TOO_MANY = "These are more files than this page takes. Reload it, then choose fewer or smaller ones."
ALL_FULL = "The server holds as many files of visitors as it can. Try again in a few minutes."
ADDRESS_FULL = (
    "The server holds as many files from your network as it can. Remove one that you no longer need, or try again in a "
    "few minutes."
)


def too_large(largest: int) -> str:
    """That a file has more than `largest` bytes."""
    return f"This file is too large: it may have at most {largest >> 20:,} MB."


def wrong_kind(suffixes: list[str]) -> str:
    """That a file's name ends otherwise than in one of `suffixes`."""
    return f"Files of this kind are not taken here. The name must end in {', '.join(suffixes)}."


def was_refused(why: str) -> str:
    """Over the place for files, after an upload that was refused."""
    return f"The file was not taken. {why}"
