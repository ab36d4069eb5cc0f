"""Importers: each file here turns one kind of source into a Nearfield catalogue.

A module of this package that has an `IMPORTER` is an importer: the command line, the Catalogues page and the documents
list it without another line of code.
"""

from importlib import import_module
from pkgutil import iter_modules

from core.catalogue.importers.registry import Content, Importer, Option, Options, Report


def _found() -> dict[str, Importer]:
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    importers = [module.IMPORTER for module in modules if hasattr(module, "IMPORTER")]
    return {importer.name: importer for importer in sorted(importers, key=lambda importer: importer.name)}


IMPORTERS: dict[str, Importer] = _found()
"""Name on the command line -> importer."""

__all__ = ["IMPORTERS", "Content", "Importer", "Option", "Options", "Report"]
