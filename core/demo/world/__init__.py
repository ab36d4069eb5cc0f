"""The synthetic world of the bundled catalogue: invented artists with known latent variables, drawn from a seed."""

from core.demo.world.build import DEFAULT_ARTISTS, DEFAULT_SEED, SyntheticWorld, generate
from core.demo.world.latent import LatentWorld, latent_world

__all__ = ["DEFAULT_ARTISTS", "DEFAULT_SEED", "LatentWorld", "SyntheticWorld", "generate", "latent_world"]
