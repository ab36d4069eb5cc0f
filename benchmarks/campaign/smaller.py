"""`python -m core` in small steps, so that a kill hits something new every few seconds.

    python -m benchmarks.campaign.smaller COMMAND ...

A training saves its state after each epoch instead of every 20 seconds, so that short ones are resumed from it too. The
models of a preparation are small. A synthetic world may have few artists, of one track each, and its sound is extracted
in blocks of a few tracks. All else is `python -m core`.
"""

import sys


def main() -> int:
    if {"train", "resume", "prepare"} & set(sys.argv):
        from core.training import checkpoints

        checkpoints._SECONDS_BETWEEN_STATES = -1.0
    if "demo" in sys.argv:
        from core.demo import build
        from core.demo.world import build as world

        world.FEWEST_ARTISTS, build.TRACKS, build.BLOCK = 1, 1, 3
    if "prepare" in sys.argv:
        from core.prepare import recipe
        from tests.support.recipes import small_recipe

        for name, value in small_recipe().items():
            setattr(recipe, name, value)
    from core.cli import main as core

    return core()


if __name__ == "__main__":
    sys.exit(main())
