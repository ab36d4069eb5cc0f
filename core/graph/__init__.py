"""The similarity graph: what is visible to whom, neighbourhoods, and rankers that need no training."""
