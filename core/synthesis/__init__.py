"""The synthesiser of the bundled catalogue: it renders the tracks of the synthetic artists from parameters alone."""

from core.synthesis.recipes import Recipe, arrange, recipe_from_text
from core.synthesis.render import render
from core.synthesis.tones import RATE

__all__ = ["RATE", "Recipe", "arrange", "recipe_from_text", "render"]
