"""Catalogues of artists: the format on disk, validation, importers and the synthetic default."""

from core.catalogue.catalogue import Catalogue, open_catalogue
from core.catalogue.format import FeatureInfo, Manifest
from core.catalogue.relations import Pipeline, Relation, Splits
from core.catalogue.tables import Problem
from core.catalogue.updating import update_catalogue
from core.catalogue.validation import validate
from core.catalogue.writing import write_catalogue

__all__ = [
    "Catalogue",
    "FeatureInfo",
    "Manifest",
    "Pipeline",
    "Problem",
    "Relation",
    "Splits",
    "open_catalogue",
    "update_catalogue",
    "validate",
    "write_catalogue",
]
