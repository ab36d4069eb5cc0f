"""The step that lays out maps: of every feature set, and of the content model."""

from core.errors import NearfieldError
from core.features.audio_sets import audio_set_of
from core.maps.build import FEWEST_ON_MAP, current_map, map_space
from core.prepare.pieces import Found, Make, Outlook, Piece, Report
from core.prepare.ranking import content_model, trains_content
from core.prepare.recipe import COSTS
from core.space_name import SpaceName


def find_maps(outlook: Outlook) -> Found:
    """The maps of the feature sets and of the content model."""
    catalogue = outlook.catalogue
    if len(catalogue) < FEWEST_ON_MAP:
        return Found(why="A map needs two artists or more.")
    seconds = COSTS["map"].of(len(catalogue))
    todo, there = [], 0
    for name in outlook.sets:
        if audio_set_of(name) != name and audio_set_of(name) in outlook.sets:
            continue
        if _has_map(outlook, name):
            there += 1
        else:
            todo.append(Piece(name, seconds, _laid_out(outlook, name)))
    model = content_model(outlook)
    if model is not None and current_map(catalogue, model) is not None:
        there += 1
    elif model is not None:
        todo.append(Piece(model, seconds, _laid_out(outlook, model)))
    elif trains_content(outlook):
        todo.append(Piece("the content model", seconds, _laid_out(outlook, None)))
    why = "" if todo or there else "The catalogue has no feature set that could be laid out."
    return Found(tuple(todo), there, why)


def _has_map(outlook: Outlook, name: str) -> bool:
    has_set = name in outlook.catalogue.feature_names and not outlook.differs([name], by_edges=False)
    return has_set and current_map(outlook.catalogue, name) is not None


def _laid_out(outlook: Outlook, space: SpaceName | str | None) -> Make:
    def make(report: Report) -> list[str]:
        if space is None:
            raise NearfieldError("The content model could not be trained, so it has no map.")
        map_space(outlook.catalogue, space, on_progress=lambda stage, done: report(_done(stage, done)))
        return []

    return make


def _done(stage: str, done: float) -> float:
    """How far a map is: the stages before the layout take little of the time."""
    return done if stage in ("layout", "placing") else 0.0
