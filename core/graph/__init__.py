"""The similarity graph: views of visible edges, neighbourhoods, paths, drawings, and rankers without training."""
