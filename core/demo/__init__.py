"""The bundled catalogue: its invented world, the recipes of its tracks, and the captions and training of its CLAP."""
