"""One small database for what changes: jobs and lists. SQLite in the data folder unless a setting names another.

PostgreSQL is the other one. What differs between the two stands in `sqlite.py` and `postgresql.py`, and nowhere else.
"""

from core.database.connection import Database, open_database
from core.database.schema import storable

__all__ = ["Database", "open_database", "storable"]
