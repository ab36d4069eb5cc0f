"""Ranking metrics, their uncertainty, and the protocols under which artist similarity is scored."""
