"""The bundled catalogue: its invented world, its tracks as recipes, the captions and the training of its CLAP."""
