"""Where Streamlit keeps what visitors upload."""

from collections.abc import Mapping
from typing import Any, Protocol

from streamlit import runtime


class Store(Protocol):
    """Visitors' files by session, and whether the visitors are there."""

    def held(self) -> Mapping[str, Mapping[str, int]]:
        """Session -> file -> bytes, the oldest file of a session first."""

    def drop(self, session: str, file: str) -> None:
        """Forget a file."""

    def is_here(self, session: str) -> bool:
        """Whether the session's visitor is connected."""

    def end(self, session: str) -> None:
        """Forget a session and all that it holds. Only in the server's event loop."""


class StreamlitStore:
    """That of this process."""

    def held(self) -> Mapping[str, Mapping[str, int]]:
        # Threads that run scripts end sessions meanwhile, so the tables are copied before they are read.
        sessions = list(self._files().file_storage.items())
        return {session: {file: len(kept.data) for file, kept in list(files.items())} for session, files in sessions}

    def drop(self, session: str, file: str) -> None:
        self._files().remove_file(session, file)

    def is_here(self, session: str) -> bool:
        return runtime.get_instance().is_active_session(session)

    def end(self, session: str) -> None:
        runtime.get_instance().close_session(session)
        # A file that arrived after its session had ended belongs to none.
        self._files().remove_session_files(session)

    def _files(self) -> Any:
        return runtime.get_instance().uploaded_file_mgr
