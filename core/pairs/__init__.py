"""The pair ranker: scores pairs of artists from columns on the visible edges and the content. It answers in numpy."""
