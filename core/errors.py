"""Errors meant for people: each message is a plain sentence that names what is wrong and the remedy."""


class NearfieldError(Exception):
    """Something that the user can understand and fix."""


class StoppedError(NearfieldError):
    """The work was asked to stop, and has."""

    def __init__(self) -> None:
        super().__init__("Stopped, as was asked.")


class CatalogueError(NearfieldError):
    """A catalogue, or a source to import, is not usable as it stands."""


class ConfigError(NearfieldError):
    """A setting is out of its bounds or contradicts another."""


class AudioError(NearfieldError):
    """A sound, or a file given as one, cannot be used."""
