"""Ranking metrics, their uncertainty, and scoring a similarity on the hidden edges of a view."""
