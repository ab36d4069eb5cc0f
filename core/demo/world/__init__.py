"""The synthetic demo catalogue: invented artists with a known latent world, seeded and separable by part."""

from core.demo.world.build import DEFAULT_ARTISTS, DEFAULT_SEED, SyntheticWorld, generate
from core.demo.world.latent import LatentWorld, latent_world

__all__ = ["DEFAULT_ARTISTS", "DEFAULT_SEED", "LatentWorld", "SyntheticWorld", "generate", "latent_world"]
