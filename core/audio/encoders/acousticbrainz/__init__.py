"""AcousticBrainz descriptors: reading documents, extracting descriptors from sound, and putting them into words."""

from core.audio.encoders.acousticbrainz.documents import read_document
from core.audio.encoders.acousticbrainz.extractor import EXTRACTOR, DescriptorExtractor, extract_descriptors
from core.audio.encoders.acousticbrainz.leaves import COLUMN_OF, DESCRIPTOR_NAMES, descriptors_of
from core.audio.encoders.acousticbrainz.traits import (
    TRAITS,
    USUAL,
    Likeness,
    Reference,
    Trait,
    TraitComparison,
    compare_traits,
    describe,
    key_of,
    likeness,
    likeness_of_values,
    reference_of,
    reference_of_values,
    trait_values,
)

__all__ = [
    "COLUMN_OF",
    "DESCRIPTOR_NAMES",
    "EXTRACTOR",
    "TRAITS",
    "USUAL",
    "DescriptorExtractor",
    "Likeness",
    "Reference",
    "Trait",
    "TraitComparison",
    "compare_traits",
    "describe",
    "descriptors_of",
    "extract_descriptors",
    "key_of",
    "likeness",
    "likeness_of_values",
    "read_document",
    "reference_of",
    "reference_of_values",
    "trait_values",
]
