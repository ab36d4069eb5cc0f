"""Importers: each turns one public layout of an artist-similarity data set into a Nearfield catalogue."""

from collections.abc import Callable
from pathlib import Path

from core.catalogue.importers.olga import import_disco_olga, import_olga
from core.catalogue.importers.olga_official import import_olga_official

IMPORTERS: dict[str, Callable[[Path, Path], Path]] = {
    "disco-olga": import_disco_olga,
    "olga": import_olga,
    "olga-official": import_olga_official,
}
"""Name on the command line -> importer(source folder, destination folder)."""

__all__ = ["IMPORTERS"]
