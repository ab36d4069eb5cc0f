"""One small database for what changes: jobs and lists. SQLite in the data folder unless a setting names another."""

from core.database.connection import Database, open_database

__all__ = ["Database", "open_database"]
