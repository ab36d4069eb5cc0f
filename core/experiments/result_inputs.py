"""What each row of the results table was measured on, and which rows belong to a catalogue by that."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.arrays import BoolArray
from core.catalogue import Catalogue
from core.catalogue.identity import belongs, inputs_fault
from core.catalogue.records import is_text
from core.clips.search import BY_TRACK
from core.errors import NearfieldError
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP
from core.reading import parse_json, parse_json_object
from core.search.fusions import features_of, inputs_of
from core.space_name import Kind, SpaceName


def inputs_of_row(catalogue: Catalogue, row: Mapping[Any, Any]) -> str:
    """The inputs of a row that was measured on `catalogue`, as JSON; "" where the row does not say what it used."""
    name = SpaceName(row["ranker"])
    config = row["config"] if is_text(row.get("config")) else ""
    try:
        if name.kind is Kind.CLIP:
            return json.dumps(_inputs_of_clips(catalogue, name.id, parse_json_object(config, "config")))
        if name.is_run:
            rankers = [SpaceName.cosine(row["features"])] if is_text(row.get("features")) else None
        elif name.is_fusion:
            parts = parse_json_object(config, "config").get("parts")
            rankers = [SpaceName(part) for part in parts] if isinstance(parts, list) else None
        else:
            rankers = [name] if name.is_pairs or name.kind in (Kind.UNTRAINED, Kind.COSINE) else None
        return "" if rankers is None else json.dumps(inputs_of(catalogue, rankers))
    except NearfieldError:
        return ""


def with_inputs(catalogue: Catalogue, table: pd.DataFrame) -> pd.DataFrame:
    """The table with the column `inputs`, filled where it is missing in rows that were measured on `catalogue`."""
    inputs = _texts(table, "inputs")
    measured_here = _texts(table, "catalogue_hash") == catalogue.content_hash
    for number in np.flatnonzero((inputs == "") & measured_here):
        inputs.iloc[number] = inputs_of_row(catalogue, table.iloc[number].to_dict())
    return table.assign(inputs=inputs)


def belonging_rows(catalogue: Catalogue, table: pd.DataFrame) -> BoolArray:
    """(rows,) which rows belong to `catalogue`; those with unusable inputs go by its content hash, to be named."""
    records = list(zip(_texts(table, "catalogue_hash"), _texts(table, "inputs"), strict=True))
    known = {record: _belongs(catalogue, *record) for record in set(records)}
    return np.array([known[record] for record in records], dtype=bool)


def inputs_text_fault(text: str) -> str:
    """Why a row's `inputs` cannot be used; "" where they can, or are not given."""
    return inputs_fault(parse_json(text, "inputs")) if text else ""


def _belongs(catalogue: Catalogue, content_hash: str, text: str) -> bool:
    try:
        inputs = parse_json(text, "inputs") if text else None
    except NearfieldError:
        inputs = {}
    if inputs is not None and inputs_fault(inputs):
        inputs = None
    return belongs({"inputs": inputs, "catalogue_hash": content_hash}, catalogue)


def _texts(table: pd.DataFrame, column: str) -> pd.Series:
    """A column of the table, "" in place of what is no text."""
    values = table[column] if column in table else [""] * len(table)
    return pd.Series([value if is_text(value) else "" for value in values], table.index, dtype=object)


def _inputs_of_clips(catalogue: Catalogue, way: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a way from clips to artists. A route also goes by the content that a clip is linked by."""
    content = way.removesuffix(BY_TRACK)
    if content in catalogue.feature_infos:
        return catalogue.inputs([content], [content] if way.endswith(BY_TRACK) else [])
    if way == "random":
        return catalogue.inputs()
    used = {name for name in (CLAP, ACOUSTICBRAINZ) if name in catalogue.feature_infos}
    if is_text(settings.get("run")):
        used |= features_of(catalogue, SpaceName.run(settings["run"]))
    if is_text(settings.get("fusion")):
        used |= features_of(catalogue, SpaceName.fusion(settings["fusion"]))
    return catalogue.inputs(used)
